BEGIN TRANSACTION;
CREATE TABLE api_key (
	id VARCHAR(255) NOT NULL, 
	identifier TEXT, 
	prefix TEXT, 
	resource_id VARCHAR(255), 
	secret_hash TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(resource_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	UNIQUE (secret_hash)
);
INSERT INTO "api_key" VALUES('baf1f1f9-c153-4128-99fa-1648241e85bc','Tests','9t4WO_','15461de9-2d50-5ef0-9012-3217ca02d6f2','8abf88e8b308474bfd52d2afafa857323da3f195918d5b78c25d15a0ee35b31a');
CREATE TABLE appointment (
	id VARCHAR(255) NOT NULL, 
	type TEXT, 
	resource_id VARCHAR(255), 
	context_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(resource_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(context_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE asset (
	id VARCHAR(255) NOT NULL, 
	context_id VARCHAR(255), 
	name TEXT, 
	project_id VARCHAR(255), 
	type_id VARCHAR(255), 
	latest_version_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(context_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(project_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(type_id) REFERENCES asset_type (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(latest_version_id) REFERENCES asset_version (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "asset" VALUES('asset','shot','plate','project','011a6046-f394-5e6e-94ce-30d7b5a3c22b','version');
CREATE TABLE asset_type (
	id VARCHAR(255) NOT NULL, 
	component TEXT, 
	name TEXT, 
	short TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (short)
);
INSERT INTO "asset_type" VALUES('8f4144e0-a8e6-11e2-9e96-0800200c9a66','main','Upload','upload');
INSERT INTO "asset_type" VALUES('07afa454-d68f-58ef-b126-6c37ae1492af','main','Geometry','geo');
INSERT INTO "asset_type" VALUES('22b2cea8-6be0-5655-84d3-f72301ddb6e5','main','Image Sequence','img');
INSERT INTO "asset_type" VALUES('edb932fa-92ca-5d80-bcc6-610095764867','main','Dailies','dai');
INSERT INTO "asset_type" VALUES('95c4189b-b168-5cf1-a73a-febd0de6c582','main','Rig','rig');
INSERT INTO "asset_type" VALUES('b2914fc1-d14d-5f45-90f1-36e4b9db65d5','main','Composition','comp');
INSERT INTO "asset_type" VALUES('d5f1ebff-ad3a-52c8-a4bf-6a50329c5ddd','main','Scene','scene');
INSERT INTO "asset_type" VALUES('545f5d8f-583e-51eb-b7e5-d31e7e62db49','main','Script','script');
INSERT INTO "asset_type" VALUES('011a6046-f394-5e6e-94ce-30d7b5a3c22b','main','Render','render');
INSERT INTO "asset_type" VALUES('dbe6ddd5-68da-5162-9d96-19fcb02da372','main','Cache','cache');
CREATE TABLE asset_version (
	id VARCHAR(255) NOT NULL, 
	asset_id VARCHAR(255), 
	comment TEXT, 
	date VARCHAR(19), 
	project_id VARCHAR(255), 
	task_id VARCHAR(255), 
	thumbnail_id VARCHAR(255), 
	user_id VARCHAR(255), 
	version BIGINT, 
	is_published BOOLEAN, 
	status_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(asset_id) REFERENCES asset (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(project_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(task_id) REFERENCES context (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(thumbnail_id) REFERENCES component (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(status_id) REFERENCES status (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED, 
	UNIQUE (asset_id, version)
);
INSERT INTO "asset_version" VALUES('version','asset','','2026-11-25T11:31:43','project',NULL,NULL,'15461de9-2d50-5ef0-9012-3217ca02d6f2',1,1,'cadb9a06-acb5-11e1-8668-f23c91df1211');
CREATE TABLE asset_version_link (
	id VARCHAR(255) NOT NULL, 
	from_id VARCHAR(255), 
	to_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(from_id) REFERENCES asset_version (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(to_id) REFERENCES asset_version (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE calendar_event (
	created_at VARCHAR(19), 
	created_by_id VARCHAR(255), 
	effort FLOAT, 
	estimate FLOAT, 
	everyone BOOLEAN, 
	forecast BOOLEAN, 
	leave BOOLEAN, 
	name TEXT, 
	project_id VARCHAR(255), 
	type_id VARCHAR(255), 
	start VARCHAR(19), 
	"end" VARCHAR(19), 
	id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(created_by_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(project_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(type_id) REFERENCES type (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE calendar_event_resource (
	calendar_event_id VARCHAR(255), 
	created_at VARCHAR(19), 
	created_by_id VARCHAR(255), 
	resource_id VARCHAR(255), 
	id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(calendar_event_id) REFERENCES calendar_event (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(created_by_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(resource_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE component (
	id VARCHAR(255) NOT NULL, 
	container_id VARCHAR(255), 
	file_type TEXT, 
	size BIGINT, 
	system_type TEXT, 
	version_id VARCHAR(255), 
	name TEXT, 
	padding BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(container_id) REFERENCES component (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(version_id) REFERENCES asset_version (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE component_location (
	id VARCHAR(255) NOT NULL, 
	component_id VARCHAR(255), 
	location_id VARCHAR(255), 
	resource_identifier TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(component_id) REFERENCES component (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(location_id) REFERENCES location (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	UNIQUE (component_id, location_id)
);
CREATE TABLE configuration_read_role (
	configuration_id VARCHAR(255) NOT NULL, 
	role_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (configuration_id, role_id), 
	FOREIGN KEY(configuration_id) REFERENCES custom_attribute_configuration (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(role_id) REFERENCES security_role (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE configuration_write_role (
	configuration_id VARCHAR(255) NOT NULL, 
	role_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (configuration_id, role_id), 
	FOREIGN KEY(configuration_id) REFERENCES custom_attribute_configuration (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(role_id) REFERENCES security_role (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE context (
	bid FLOAT, 
	description TEXT, 
	end_date VARCHAR(19), 
	project_id VARCHAR(255), 
	start_date VARCHAR(19), 
	status_id VARCHAR(255), 
	type_id VARCHAR(255), 
	priority_id VARCHAR(255), 
	object_type_id VARCHAR(255), 
	sort FLOAT, 
	context_type TEXT, 
	parent_id VARCHAR(255), 
	thumbnail_id VARCHAR(255), 
	id VARCHAR(255) NOT NULL, 
	name TEXT, 
	created_by_id VARCHAR(255), 
	created_at VARCHAR(19), 
	color TEXT, 
	disk_id VARCHAR(255), 
	full_name TEXT, 
	is_global BOOLEAN, 
	is_private BOOLEAN, 
	root TEXT, 
	status TEXT, 
	project_schema_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(project_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(status_id) REFERENCES status (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(type_id) REFERENCES type (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(priority_id) REFERENCES priority (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(object_type_id) REFERENCES object_type (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(parent_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(thumbnail_id) REFERENCES component (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(created_by_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(disk_id) REFERENCES disk (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(project_schema_id) REFERENCES project_schema (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "context" VALUES(NULL,NULL,NULL,'project',NULL,NULL,NULL,NULL,NULL,NULL,'show',NULL,NULL,'project','old_project','15461de9-2d50-5ef0-9012-3217ca02d6f2','2026-11-25T11:31:43',NULL,NULL,'Old project',0,0,NULL,'active','caddd816-acb5-11e1-8668-f23c91df1211');
INSERT INTO "context" VALUES(0.0,'',NULL,'project',NULL,NULL,NULL,'9661b320-3a0c-11e2-81c1-0800200c9a66','e5139355-61da-4c8f-9db4-3abc870166bc',0.0,'task','project',NULL,'sequence','sq010','15461de9-2d50-5ef0-9012-3217ca02d6f2','2026-11-25T11:31:43',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "context" VALUES(0.0,'',NULL,'project',NULL,'44dd9fb2-4164-11df-9218-0019bb4983d8',NULL,'9661b320-3a0c-11e2-81c1-0800200c9a66','bad911de-3bd6-47b9-8b46-3476e237cb36',0.0,'task','sequence',NULL,'shot','sh010','15461de9-2d50-5ef0-9012-3217ca02d6f2','2026-11-25T11:31:43',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "context" VALUES(3600.0,'',NULL,'project',NULL,'44dd9fb2-4164-11df-9218-0019bb4983d8','56807358-a0f4-11e9-9843-d27cf242b68b','9661b320-3a0c-11e2-81c1-0800200c9a66','11c137c0-ee7e-4f9c-91c5-8c77cec22b2c',0.0,'task','shot',NULL,'task','comp','15461de9-2d50-5ef0-9012-3217ca02d6f2','2026-11-25T11:31:43',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE context_path (
	descendant_id VARCHAR(255) NOT NULL, 
	ancestor_id VARCHAR(255) NOT NULL, 
	depth BIGINT, 
	PRIMARY KEY (descendant_id, ancestor_id), 
	FOREIGN KEY(descendant_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(ancestor_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "context_path" VALUES('project','project',0);
INSERT INTO "context_path" VALUES('sequence','sequence',0);
INSERT INTO "context_path" VALUES('sequence','project',1);
INSERT INTO "context_path" VALUES('shot','shot',0);
INSERT INTO "context_path" VALUES('shot','sequence',1);
INSERT INTO "context_path" VALUES('shot','project',2);
INSERT INTO "context_path" VALUES('task','task',0);
INSERT INTO "context_path" VALUES('task','shot',1);
INSERT INTO "context_path" VALUES('task','sequence',2);
INSERT INTO "context_path" VALUES('task','project',3);
CREATE TABLE context_scope (
	context_id VARCHAR(255) NOT NULL, 
	scope_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (context_id, scope_id), 
	FOREIGN KEY(context_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(scope_id) REFERENCES scope (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE custom_attribute_configuration (
	"default" TEXT, 
	is_hierarchical BOOLEAN, 
	type_id VARCHAR(255), 
	id VARCHAR(255) NOT NULL, 
	entity_type TEXT, 
	group_id VARCHAR(255), 
	"key" TEXT, 
	label TEXT, 
	object_type_id TEXT, 
	project_id TEXT, 
	sort BIGINT, 
	core BOOLEAN, 
	config TEXT, 
	kind TEXT, 
	entity_type_to TEXT, 
	one_to_one BOOLEAN, 
	object_type_id_to VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(type_id) REFERENCES custom_attribute_type (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(group_id) REFERENCES custom_attribute_group (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(object_type_id_to) REFERENCES object_type (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "custom_attribute_configuration" VALUES('[]',1,'882e4aee-fae6-11e3-b623-20c9d0831e59','1d995c42-c8b8-4879-88ce-996c4c991727','show',NULL,'somedynamicenumerator','Some Dynamic Enumerator',NULL,NULL,0,0,'{"multiSelect": false}','value',NULL,NULL,NULL);
INSERT INTO "custom_attribute_configuration" VALUES('{"__type__": "datetime", "value": "2024-06-22T00:00:00"}',1,'79968e9e-381c-11e0-acff-0019bb49847a','2c835780-c006-41c5-b831-01c90a59ec20','show',NULL,'somedate','Some Date',NULL,NULL,1,0,'{}','value',NULL,NULL,NULL);
INSERT INTO "custom_attribute_configuration" VALUES('""',1,'6268aef0-381c-11e0-acff-0019bb49847a','404d70bb-c6d6-4588-9e1b-8fadedf0b153','show',NULL,'sometext','Some Text',NULL,NULL,2,0,'{"markdown": false}','value',NULL,NULL,NULL);
INSERT INTO "custom_attribute_configuration" VALUES(NULL,0,'ec616dcd-56e2-4147-99f8-7e4a4f040cf9','84c3d4ac-747d-421e-9201-5c165c02f4ca','asset',NULL,'someurl','Some URL',NULL,NULL,3,0,'{}','value',NULL,NULL,NULL);
INSERT INTO "custom_attribute_configuration" VALUES('["value1"]',1,'6ff9c812-ead3-11e2-846c-f23c91dfaa16','e5b221ae-e7cb-4a4f-82c0-d7afc8d5fdb1','show',NULL,'someenumerator','Some Enumerator',NULL,NULL,4,0,'{"multiSelect": false, "data": "[{\"menu\": \"Value 1\", \"value\": \"value1\"}, {\"menu\": \"Value 2\", \"value\": \"value2\"}]"}','value',NULL,NULL,NULL);
INSERT INTO "custom_attribute_configuration" VALUES('false',1,'ad1034d8-15e2-11e1-b21a-0019bb4983d8','f8f51553-b0a1-408e-82c7-508dd87de8ce','show',NULL,'someboolean','Some Boolean',NULL,NULL,5,0,'{}','value',NULL,NULL,NULL);
INSERT INTO "custom_attribute_configuration" VALUES('1',0,'92009b00-381c-11e0-acff-0019bb49847a','432bc746-4087-11e2-8250-0019bb4983d8','task',NULL,'fend','Frame end','bad911de-3bd6-47b9-8b46-3476e237cb36',NULL,6,0,'{"isdecimal": false}','value',NULL,NULL,NULL);
INSERT INTO "custom_attribute_configuration" VALUES('0',0,'92009b00-381c-11e0-acff-0019bb49847a','432bdfa6-4087-11e2-8250-0019bb4983d8','task',NULL,'handles','Frame handles','bad911de-3bd6-47b9-8b46-3476e237cb36',NULL,7,0,'{"isdecimal": false}','value',NULL,NULL,NULL);
INSERT INTO "custom_attribute_configuration" VALUES('"{self.fend - self.fstart + 1}"',0,'d2e6a530-357f-11e2-bd73-0019bb4985b8','928887a8-645f-4909-a7d0-d1661cacd178','task',NULL,'duration','Frame duration','bad911de-3bd6-47b9-8b46-3476e237cb36',NULL,8,0,'{}','value',NULL,NULL,NULL);
INSERT INTO "custom_attribute_configuration" VALUES('1',0,'92009b00-381c-11e0-acff-0019bb49847a','acd86546-4082-11e2-95b1-0019bb4983d8','task',NULL,'fstart','Frame start','bad911de-3bd6-47b9-8b46-3476e237cb36',NULL,9,0,'{"isdecimal": false}','value',NULL,NULL,NULL);
INSERT INTO "custom_attribute_configuration" VALUES('24',0,'92009b00-381c-11e0-acff-0019bb49847a','d25219d6-acb5-11e1-8668-f23c91df1211','show',NULL,'fps','fps',NULL,NULL,10,0,'{"isdecimal": false}','value',NULL,NULL,NULL);
INSERT INTO "custom_attribute_configuration" VALUES('25',0,'92009b00-381c-11e0-acff-0019bb49847a','d25532e2-acb5-11e1-8668-f23c91df1211','task',NULL,'fps','fps','e5139355-61da-4c8f-9db4-3abc870166bc',NULL,11,0,'{"isdecimal": false}','value',NULL,NULL,NULL);
INSERT INTO "custom_attribute_configuration" VALUES('25',0,'92009b00-381c-11e0-acff-0019bb49847a','d25907a0-acb5-11e1-8668-f23c91df1211','task',NULL,'fps','fps','bad911de-3bd6-47b9-8b46-3476e237cb36',NULL,12,0,'{"isdecimal": false}','value',NULL,NULL,NULL);
INSERT INTO "custom_attribute_configuration" VALUES('"none"',0,'6268aef0-381c-11e0-acff-0019bb49847a','configuration','user',NULL,'desk','Desk',NULL,NULL,0,0,'{"markdown": false}','value',NULL,NULL,NULL);
CREATE TABLE custom_attribute_group (
	id VARCHAR(255) NOT NULL, 
	name TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE custom_attribute_link (
	configuration_id VARCHAR(255), 
	from_entity_type VARCHAR(64), 
	to_entity_type VARCHAR(64), 
	from_id TEXT, 
	id VARCHAR(255) NOT NULL, 
	to_id TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(configuration_id) REFERENCES custom_attribute_configuration (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE custom_attribute_type (
	id VARCHAR(255) NOT NULL, 
	form_config TEXT, 
	name TEXT, 
	core BOOLEAN, 
	PRIMARY KEY (id)
);
INSERT INTO "custom_attribute_type" VALUES('ad1034d8-15e2-11e1-b21a-0019bb4983d8',NULL,'boolean',1);
INSERT INTO "custom_attribute_type" VALUES('79968e9e-381c-11e0-acff-0019bb49847a',NULL,'date',1);
INSERT INTO "custom_attribute_type" VALUES('882e4aee-fae6-11e3-b623-20c9d0831e59',NULL,'dynamic enumerator',1);
INSERT INTO "custom_attribute_type" VALUES('6ff9c812-ead3-11e2-846c-f23c91dfaa16',NULL,'enumerator',1);
INSERT INTO "custom_attribute_type" VALUES('d2e6a530-357f-11e2-bd73-0019bb4985b8',NULL,'expression',1);
INSERT INTO "custom_attribute_type" VALUES('92009b00-381c-11e0-acff-0019bb49847a',NULL,'number',1);
INSERT INTO "custom_attribute_type" VALUES('6268aef0-381c-11e0-acff-0019bb49847a',NULL,'text',1);
INSERT INTO "custom_attribute_type" VALUES('ec616dcd-56e2-4147-99f8-7e4a4f040cf9',NULL,'url',1);
CREATE TABLE custom_attribute_value (
	configuration_id VARCHAR(255) NOT NULL, 
	value TEXT, 
	entity_id TEXT NOT NULL, 
	number FLOAT, 
	text TEXT, 
	date VARCHAR(19), 
	PRIMARY KEY (configuration_id, entity_id), 
	FOREIGN KEY(configuration_id) REFERENCES custom_attribute_configuration (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE dashboard (
	id VARCHAR(255) NOT NULL, 
	created_by_id VARCHAR(255), 
	is_shared_with_everyone BOOLEAN, 
	name TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(created_by_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE dashboard_resource (
	dashboard_id VARCHAR(255) NOT NULL, 
	resource_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (dashboard_id, resource_id), 
	FOREIGN KEY(dashboard_id) REFERENCES dashboard (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(resource_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE dashboard_widget (
	id VARCHAR(255) NOT NULL, 
	config TEXT, 
	dashboard_id VARCHAR(255), 
	sort FLOAT, 
	type TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(dashboard_id) REFERENCES dashboard (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE disk (
	id VARCHAR(255) NOT NULL, 
	unix TEXT, 
	windows TEXT, 
	name TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE entity_setting (
	parent_id TEXT NOT NULL, 
	"group" TEXT NOT NULL, 
	name TEXT NOT NULL, 
	value TEXT, 
	parent_type VARCHAR(64), 
	PRIMARY KEY (parent_id, "group", name)
);
CREATE TABLE event (
	id INTEGER NOT NULL, 
	action TEXT, 
	created_at VARCHAR(19), 
	data TEXT, 
	"insert" TEXT, 
	parent_id TEXT, 
	parent_type TEXT, 
	project_id VARCHAR(255), 
	user_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(project_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE feed (
	id VARCHAR(255) NOT NULL, 
	cluster_id TEXT, 
	created_at VARCHAR(19), 
	distance BIGINT, 
	owner_id TEXT, 
	relation TEXT, 
	social_id BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(social_id) REFERENCES event (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE job (
	id VARCHAR(255) NOT NULL, 
	created_at VARCHAR(19), 
	data TEXT, 
	finished_at VARCHAR(19), 
	user_id VARCHAR(255), 
	status TEXT, 
	type TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE job_component (
	component_id VARCHAR(255) NOT NULL, 
	job_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (component_id, job_id), 
	FOREIGN KEY(component_id) REFERENCES component (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(job_id) REFERENCES job (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE list (
	id VARCHAR(255) NOT NULL, 
	date VARCHAR(19), 
	name TEXT, 
	system_type TEXT, 
	user_id VARCHAR(255), 
	is_open BOOLEAN, 
	category_id VARCHAR(255), 
	project_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(category_id) REFERENCES list_category (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(project_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE list_category (
	id VARCHAR(255) NOT NULL, 
	name TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "list_category" VALUES('89ecb386-fad3-5999-9e53-850274c91ba2','Default');
INSERT INTO "list_category" VALUES('dc0fe6f1-374a-5c18-82a6-66aaaf6e6aac','Dailies');
CREATE TABLE list_object (
	id VARCHAR(255) NOT NULL, 
	entity_id TEXT, 
	list_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(list_id) REFERENCES list (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	UNIQUE (list_id, entity_id)
);
CREATE TABLE location (
	description TEXT, 
	label TEXT, 
	name TEXT, 
	id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "location" VALUES(NULL,NULL,'ftrack.origin','ce9b348f-8809-11e3-821c-20c9d081909b');
INSERT INTO "location" VALUES(NULL,NULL,'ftrack.unmanaged','cb268ecc-8809-11e3-a7e2-20c9d081909b');
INSERT INTO "location" VALUES(NULL,NULL,'ftrack.review','cd41be70-8809-11e3-b98a-20c9d081909b');
INSERT INTO "location" VALUES(NULL,NULL,'ftrack.connect','07b82a97-8cf9-11e3-9383-20c9d081909b');
INSERT INTO "location" VALUES(NULL,NULL,'ftrack.server','3a372bde-05bc-11e4-8908-20c9d081909b');
CREATE TABLE manager (
	id VARCHAR(255) NOT NULL, 
	context_id VARCHAR(255), 
	type_id VARCHAR(255), 
	user_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(context_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(type_id) REFERENCES manager_type (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE manager_type (
	id VARCHAR(255) NOT NULL, 
	name TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "manager_type" VALUES('4d455bdb-2633-5ab7-8991-c145171c6c88','Supervisor');
INSERT INTO "manager_type" VALUES('fb9156a3-dfa2-582c-b60c-f21b3f0b00c9','Coordinator');
CREATE TABLE membership (
	group_id VARCHAR(255), 
	user_id VARCHAR(255), 
	id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(group_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	UNIQUE (group_id, user_id)
);
CREATE TABLE metadata (
	parent_id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	value TEXT, 
	parent_type VARCHAR(64), 
	PRIMARY KEY (parent_id, "key")
);
INSERT INTO "metadata" VALUES('task','k','v','task');
CREATE TABLE migration (
	version INTEGER NOT NULL, 
	applied_at TEXT, 
	PRIMARY KEY (version)
);
INSERT INTO "migration" VALUES(1,'2026-11-25T11:31:43+00:00');
CREATE TABLE note (
	id VARCHAR(255) NOT NULL, 
	category_id VARCHAR(255), 
	completed_at VARCHAR(19), 
	completed_by_id VARCHAR(255), 
	content TEXT, 
	date VARCHAR(19), 
	frame_number BIGINT, 
	in_reply_to_id VARCHAR(255), 
	is_todo BOOLEAN, 
	parent_id TEXT, 
	parent_type VARCHAR(64), 
	project_id VARCHAR(255), 
	thread_activity VARCHAR(19), 
	user_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(category_id) REFERENCES note_label (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(completed_by_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(in_reply_to_id) REFERENCES note (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(project_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "note" VALUES('note',NULL,NULL,NULL,'kept','2026-11-25T11:31:43',NULL,NULL,0,'task','task','project','2026-11-25T11:31:43','15461de9-2d50-5ef0-9012-3217ca02d6f2');
CREATE TABLE note_component (
	data TEXT, 
	component_id VARCHAR(255) NOT NULL, 
	note_id VARCHAR(255) NOT NULL, 
	note_component_type TEXT, 
	PRIMARY KEY (component_id, note_id), 
	FOREIGN KEY(component_id) REFERENCES component (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(note_id) REFERENCES note (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE note_label (
	id VARCHAR(255) NOT NULL, 
	color TEXT, 
	name TEXT, 
	sort BIGINT, 
	PRIMARY KEY (id)
);
INSERT INTO "note_label" VALUES('97b4360e-66a4-5a57-b11b-a9a2edcca4fd','#3498DB','Internal',0);
INSERT INTO "note_label" VALUES('3207a5fd-ac3c-5229-8afc-65001e6774f5','#1CBC90','External Note',1);
CREATE TABLE note_label_link (
	note_id VARCHAR(255) NOT NULL, 
	label_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (note_id, label_id), 
	FOREIGN KEY(note_id) REFERENCES note (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(label_id) REFERENCES note_label (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE object_type (
	id VARCHAR(255) NOT NULL, 
	is_leaf BOOLEAN, 
	is_prioritizable BOOLEAN, 
	name TEXT, 
	icon TEXT, 
	sort BIGINT, 
	is_time_reportable BOOLEAN, 
	is_taskable BOOLEAN, 
	is_typeable BOOLEAN, 
	is_statusable BOOLEAN, 
	is_schedulable BOOLEAN, 
	PRIMARY KEY (id)
);
INSERT INTO "object_type" VALUES('01decdd1-51cb-11e3-9d5b-20c9d0831e59',1,1,'Milestone','default',6,0,0,1,1,1);
INSERT INTO "object_type" VALUES('11c137c0-ee7e-4f9c-91c5-8c77cec22b2c',1,1,'Task','default',7,1,0,1,1,1);
INSERT INTO "object_type" VALUES('22139355-61da-4c8f-9db4-3abc870166bc',0,1,'Episode','default',2,0,1,0,1,0);
INSERT INTO "object_type" VALUES('34b122f0-bd5c-11eb-96ea-d6270330280e',0,0,'Scene','default',3,0,1,0,1,0);
INSERT INTO "object_type" VALUES('3c133785-51cb-11e3-980a-20c9d0831e59',0,1,'Folder','default',0,0,1,0,0,0);
INSERT INTO "object_type" VALUES('4721f72a-bd5c-11eb-a3da-d6270330280e',0,0,'Image','default',8,0,1,0,0,0);
INSERT INTO "object_type" VALUES('4be63b64-5010-42fb-bf1f-428af9d638f0',0,1,'Asset Build','default',1,0,1,1,1,0);
INSERT INTO "object_type" VALUES('bad911de-3bd6-47b9-8b46-3476e237cb36',0,1,'Shot','default',5,0,1,0,1,0);
INSERT INTO "object_type" VALUES('e5139355-61da-4c8f-9db4-3abc870166bc',0,1,'Sequence','default',4,0,1,0,0,0);
INSERT INTO "object_type" VALUES('efb7d34c-bd5b-11eb-86a7-d6270330280e',0,0,'Information','default',9,0,1,0,0,0);
CREATE TABLE priority (
	id VARCHAR(255) NOT NULL, 
	color TEXT, 
	name TEXT, 
	sort BIGINT, 
	value FLOAT, 
	PRIMARY KEY (id)
);
INSERT INTO "priority" VALUES('847fb90e-ead3-11e2-846c-f23c91dfaa16','#E74C3C','Urgent',0,0.0);
INSERT INTO "priority" VALUES('847f9cda-ead3-11e2-846c-f23c91dfaa16','#E67E22','High',1,0.0);
INSERT INTO "priority" VALUES('847f8146-ead3-11e2-846c-f23c91dfaa16','#F1C40F','Medium',2,0.0);
INSERT INTO "priority" VALUES('847f663e-ead3-11e2-846c-f23c91dfaa16','#1CBC90','Low',3,0.0);
INSERT INTO "priority" VALUES('9661b320-3a0c-11e2-81c1-0800200c9a66','#CACACA','None',4,0.0);
CREATE TABLE project_schema (
	id VARCHAR(255) NOT NULL, 
	asset_version_workflow_schema_id VARCHAR(255), 
	name TEXT, 
	task_type_schema_id VARCHAR(255), 
	task_workflow_schema_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(asset_version_workflow_schema_id) REFERENCES workflow_schema (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(task_type_schema_id) REFERENCES task_type_schema (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(task_workflow_schema_id) REFERENCES workflow_schema (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "project_schema" VALUES('05dece3c-40cd-11ed-a028-8e70b81a65da','05deda8a-40cd-11ed-a028-8e70b81a65da','Model production','05dee0c0-40cd-11ed-a028-8e70b81a65da','05ded38c-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "project_schema" VALUES('9c77018e-6af0-11eb-b045-169be7b6c453','9c771b42-6af0-11eb-b045-169be7b6c453','Animation','9c772d44-6af0-11eb-b045-169be7b6c453','9c7709f4-6af0-11eb-b045-169be7b6c453');
INSERT INTO "project_schema" VALUES('caddd816-acb5-11e1-8668-f23c91df1211','cadb4c0e-acb5-11e1-8668-f23c91df1211','VFX','cadd9e5a-acb5-11e1-8668-f23c91df1211','cadb0afa-acb5-11e1-8668-f23c91df1211');
INSERT INTO "project_schema" VALUES('d735496c-bd5b-11eb-8fe6-d6270330280e','d7355858-bd5b-11eb-8fe6-d6270330280e','Media production','d7355e70-bd5b-11eb-8fe6-d6270330280e','d7354f98-bd5b-11eb-8fe6-d6270330280e');
CREATE TABLE project_schema_object_type (
	object_type_id VARCHAR(255) NOT NULL, 
	project_schema_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (object_type_id, project_schema_id), 
	FOREIGN KEY(object_type_id) REFERENCES object_type (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(project_schema_id) REFERENCES project_schema (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "project_schema_object_type" VALUES('01decdd1-51cb-11e3-9d5b-20c9d0831e59','05dece3c-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "project_schema_object_type" VALUES('11c137c0-ee7e-4f9c-91c5-8c77cec22b2c','05dece3c-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "project_schema_object_type" VALUES('3c133785-51cb-11e3-980a-20c9d0831e59','05dece3c-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "project_schema_object_type" VALUES('4be63b64-5010-42fb-bf1f-428af9d638f0','05dece3c-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "project_schema_object_type" VALUES('01decdd1-51cb-11e3-9d5b-20c9d0831e59','9c77018e-6af0-11eb-b045-169be7b6c453');
INSERT INTO "project_schema_object_type" VALUES('11c137c0-ee7e-4f9c-91c5-8c77cec22b2c','9c77018e-6af0-11eb-b045-169be7b6c453');
INSERT INTO "project_schema_object_type" VALUES('22139355-61da-4c8f-9db4-3abc870166bc','9c77018e-6af0-11eb-b045-169be7b6c453');
INSERT INTO "project_schema_object_type" VALUES('3c133785-51cb-11e3-980a-20c9d0831e59','9c77018e-6af0-11eb-b045-169be7b6c453');
INSERT INTO "project_schema_object_type" VALUES('4be63b64-5010-42fb-bf1f-428af9d638f0','9c77018e-6af0-11eb-b045-169be7b6c453');
INSERT INTO "project_schema_object_type" VALUES('bad911de-3bd6-47b9-8b46-3476e237cb36','9c77018e-6af0-11eb-b045-169be7b6c453');
INSERT INTO "project_schema_object_type" VALUES('e5139355-61da-4c8f-9db4-3abc870166bc','9c77018e-6af0-11eb-b045-169be7b6c453');
INSERT INTO "project_schema_object_type" VALUES('01decdd1-51cb-11e3-9d5b-20c9d0831e59','caddd816-acb5-11e1-8668-f23c91df1211');
INSERT INTO "project_schema_object_type" VALUES('11c137c0-ee7e-4f9c-91c5-8c77cec22b2c','caddd816-acb5-11e1-8668-f23c91df1211');
INSERT INTO "project_schema_object_type" VALUES('22139355-61da-4c8f-9db4-3abc870166bc','caddd816-acb5-11e1-8668-f23c91df1211');
INSERT INTO "project_schema_object_type" VALUES('3c133785-51cb-11e3-980a-20c9d0831e59','caddd816-acb5-11e1-8668-f23c91df1211');
INSERT INTO "project_schema_object_type" VALUES('4be63b64-5010-42fb-bf1f-428af9d638f0','caddd816-acb5-11e1-8668-f23c91df1211');
INSERT INTO "project_schema_object_type" VALUES('bad911de-3bd6-47b9-8b46-3476e237cb36','caddd816-acb5-11e1-8668-f23c91df1211');
INSERT INTO "project_schema_object_type" VALUES('e5139355-61da-4c8f-9db4-3abc870166bc','caddd816-acb5-11e1-8668-f23c91df1211');
INSERT INTO "project_schema_object_type" VALUES('01decdd1-51cb-11e3-9d5b-20c9d0831e59','d735496c-bd5b-11eb-8fe6-d6270330280e');
INSERT INTO "project_schema_object_type" VALUES('11c137c0-ee7e-4f9c-91c5-8c77cec22b2c','d735496c-bd5b-11eb-8fe6-d6270330280e');
INSERT INTO "project_schema_object_type" VALUES('34b122f0-bd5c-11eb-96ea-d6270330280e','d735496c-bd5b-11eb-8fe6-d6270330280e');
INSERT INTO "project_schema_object_type" VALUES('3c133785-51cb-11e3-980a-20c9d0831e59','d735496c-bd5b-11eb-8fe6-d6270330280e');
INSERT INTO "project_schema_object_type" VALUES('4721f72a-bd5c-11eb-a3da-d6270330280e','d735496c-bd5b-11eb-8fe6-d6270330280e');
INSERT INTO "project_schema_object_type" VALUES('4be63b64-5010-42fb-bf1f-428af9d638f0','d735496c-bd5b-11eb-8fe6-d6270330280e');
INSERT INTO "project_schema_object_type" VALUES('bad911de-3bd6-47b9-8b46-3476e237cb36','d735496c-bd5b-11eb-8fe6-d6270330280e');
INSERT INTO "project_schema_object_type" VALUES('efb7d34c-bd5b-11eb-86a7-d6270330280e','d735496c-bd5b-11eb-8fe6-d6270330280e');
CREATE TABLE project_schema_override (
	id VARCHAR(255) NOT NULL, 
	project_schema_id VARCHAR(255), 
	type_id VARCHAR(255), 
	workflow_schema_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(project_schema_id) REFERENCES project_schema (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(type_id) REFERENCES type (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(workflow_schema_id) REFERENCES workflow_schema (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE recipient (
	note_id VARCHAR(255) NOT NULL, 
	text_mentioned TEXT, 
	resource_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (note_id, resource_id), 
	FOREIGN KEY(note_id) REFERENCES note (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(resource_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "recipient" VALUES('note',NULL,'15461de9-2d50-5ef0-9012-3217ca02d6f2');
CREATE TABLE resource (
	name TEXT, 
	parent_id VARCHAR(255), 
	local BOOLEAN, 
	resource_type TEXT, 
	id VARCHAR(255) NOT NULL, 
	created_from_shared_url TEXT, 
	email TEXT, 
	first_name TEXT, 
	last_name TEXT, 
	thumbnail_id VARCHAR(255), 
	is_otp_enabled BOOLEAN, 
	is_totp_enabled BOOLEAN, 
	require_details_update BOOLEAN, 
	user_type_id VARCHAR(255), 
	username TEXT, 
	is_active BOOLEAN, 
	password_hash TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(parent_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(thumbnail_id) REFERENCES component (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(user_type_id) REFERENCES user_type (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED, 
	UNIQUE (username)
);
INSERT INTO "resource" VALUES(NULL,NULL,NULL,'user','15461de9-2d50-5ef0-9012-3217ca02d6f2',NULL,'admin@example.invalid','Studio','Administrator',NULL,0,0,0,'ac9fa5aa-4361-11e0-b7cc-0019bb4983d8','admin',1,NULL);
CREATE TABLE review_session (
	availability TEXT, 
	is_moderated BOOLEAN, 
	name TEXT, 
	passphrase TEXT, 
	passphrase_enabled BOOLEAN, 
	review_session_folder_id VARCHAR(255), 
	shareable_url_enabled BOOLEAN, 
	thumbnail_source_id VARCHAR(255), 
	description TEXT, 
	start_date VARCHAR(19), 
	end_date VARCHAR(19), 
	project_id VARCHAR(255), 
	id VARCHAR(255) NOT NULL, 
	created_by_id VARCHAR(255), 
	created_at VARCHAR(19), 
	PRIMARY KEY (id), 
	FOREIGN KEY(review_session_folder_id) REFERENCES review_session_folder (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(thumbnail_source_id) REFERENCES asset_version (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(project_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(created_by_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE review_session_folder (
	name TEXT, 
	project_id VARCHAR(255), 
	id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(project_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE review_session_invitee (
	email TEXT, 
	last_sent_at VARCHAR(19), 
	resource_id VARCHAR(255), 
	name TEXT, 
	review_session_id VARCHAR(255), 
	id VARCHAR(255) NOT NULL, 
	created_by_id VARCHAR(255), 
	created_from_shared_url BOOLEAN, 
	created_at VARCHAR(19), 
	PRIMARY KEY (id), 
	FOREIGN KEY(resource_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(review_session_id) REFERENCES review_session (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(created_by_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE review_session_object (
	name TEXT, 
	description TEXT, 
	version TEXT, 
	version_id VARCHAR(255), 
	review_session_id VARCHAR(255), 
	id VARCHAR(255) NOT NULL, 
	created_at VARCHAR(19), 
	sort_order FLOAT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(version_id) REFERENCES asset_version (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(review_session_id) REFERENCES review_session (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE review_session_object_annotation (
	id VARCHAR(255) NOT NULL, 
	data TEXT, 
	review_session_object_id VARCHAR(255), 
	updated_at VARCHAR(19), 
	created_at VARCHAR(19), 
	frame_number BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(review_session_object_id) REFERENCES review_session_object (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE review_session_object_annotation_component (
	component_id VARCHAR(255) NOT NULL, 
	frame_number TEXT, 
	review_session_object_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (component_id, review_session_object_id), 
	FOREIGN KEY(component_id) REFERENCES component (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(review_session_object_id) REFERENCES review_session_object (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE review_session_object_status (
	id VARCHAR(255) NOT NULL, 
	resource_id VARCHAR(255), 
	review_session_invitee_id VARCHAR(255), 
	review_session_object_id VARCHAR(255), 
	status TEXT, 
	created_at VARCHAR(19), 
	PRIMARY KEY (id), 
	FOREIGN KEY(resource_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(review_session_invitee_id) REFERENCES review_session_invitee (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(review_session_object_id) REFERENCES review_session_object (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE role_permission (
	role_id VARCHAR(255) NOT NULL, 
	permission TEXT NOT NULL, 
	PRIMARY KEY (role_id, permission), 
	FOREIGN KEY(role_id) REFERENCES security_role (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE schema (
	id VARCHAR(255) NOT NULL, 
	object_type_id VARCHAR(255), 
	project_schema_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(object_type_id) REFERENCES object_type (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(project_schema_id) REFERENCES project_schema (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "schema" VALUES('22e77f90-57c5-11e5-8a87-42010af0e994','bad911de-3bd6-47b9-8b46-3476e237cb36','caddd816-acb5-11e1-8668-f23c91df1211');
INSERT INTO "schema" VALUES('22edfc08-57c5-11e5-8a87-42010af0e994','01decdd1-51cb-11e3-9d5b-20c9d0831e59','caddd816-acb5-11e1-8668-f23c91df1211');
INSERT INTO "schema" VALUES('45b4130c-6af3-11eb-b477-169be7b6c453','bad911de-3bd6-47b9-8b46-3476e237cb36','9c77018e-6af0-11eb-b045-169be7b6c453');
INSERT INTO "schema" VALUES('62641400-40cd-11ed-a028-8e70b81a65da','4be63b64-5010-42fb-bf1f-428af9d638f0','05dece3c-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "schema" VALUES('66d53188-13c6-11e3-abf2-f23c91dfaa16','4be63b64-5010-42fb-bf1f-428af9d638f0','caddd816-acb5-11e1-8668-f23c91df1211');
INSERT INTO "schema" VALUES('685ebee0-40ce-11ed-a028-8e70b81a65da','22139355-61da-4c8f-9db4-3abc870166bc','9c77018e-6af0-11eb-b045-169be7b6c453');
INSERT INTO "schema" VALUES('685ec2dc-40ce-11ed-a028-8e70b81a65da','22139355-61da-4c8f-9db4-3abc870166bc','caddd816-acb5-11e1-8668-f23c91df1211');
INSERT INTO "schema" VALUES('a9e41ce4-bd5c-11eb-aa52-d6270330280e','bad911de-3bd6-47b9-8b46-3476e237cb36','d735496c-bd5b-11eb-8fe6-d6270330280e');
INSERT INTO "schema" VALUES('afeb7934-bd5c-11eb-bf2f-d6270330280e','34b122f0-bd5c-11eb-96ea-d6270330280e','d735496c-bd5b-11eb-8fe6-d6270330280e');
INSERT INTO "schema" VALUES('c4a30bc6-bd5c-11eb-a3da-d6270330280e','4be63b64-5010-42fb-bf1f-428af9d638f0','d735496c-bd5b-11eb-8fe6-d6270330280e');
INSERT INTO "schema" VALUES('c9a1a878-6af3-11eb-b477-169be7b6c453','4be63b64-5010-42fb-bf1f-428af9d638f0','9c77018e-6af0-11eb-b045-169be7b6c453');
INSERT INTO "schema" VALUES('ca657fc6-6af5-11eb-bb52-169be7b6c453','01decdd1-51cb-11e3-9d5b-20c9d0831e59','9c77018e-6af0-11eb-b045-169be7b6c453');
INSERT INTO "schema" VALUES('ce184c56-465f-11ed-91db-ca81394198b0','01decdd1-51cb-11e3-9d5b-20c9d0831e59','05dece3c-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "schema" VALUES('e862f65c-bd5c-11eb-96ea-d6270330280e','01decdd1-51cb-11e3-9d5b-20c9d0831e59','d735496c-bd5b-11eb-8fe6-d6270330280e');
CREATE TABLE schema_status (
	status_id VARCHAR(255) NOT NULL, 
	sort BIGINT, 
	schema_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (status_id, schema_id), 
	FOREIGN KEY(status_id) REFERENCES status (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(schema_id) REFERENCES schema (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'22e77f90-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'22e77f90-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'22e77f90-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_status" VALUES('a0bc2444-15e2-11e1-b21a-0019bb4983d8',0,'22e77f90-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_status" VALUES('a0bc3f24-15e2-11e1-b21a-0019bb4983d8',0,'22e77f90-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'45b4130c-6af3-11eb-b477-169be7b6c453');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'45b4130c-6af3-11eb-b477-169be7b6c453');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'45b4130c-6af3-11eb-b477-169be7b6c453');
INSERT INTO "schema_status" VALUES('a0bc2444-15e2-11e1-b21a-0019bb4983d8',0,'45b4130c-6af3-11eb-b477-169be7b6c453');
INSERT INTO "schema_status" VALUES('a0bc3f24-15e2-11e1-b21a-0019bb4983d8',0,'45b4130c-6af3-11eb-b477-169be7b6c453');
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'62641400-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'62641400-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'62641400-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('a0bc2444-15e2-11e1-b21a-0019bb4983d8',0,'62641400-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('a0bc3f24-15e2-11e1-b21a-0019bb4983d8',0,'62641400-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'66d53188-13c6-11e3-abf2-f23c91dfaa16');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'66d53188-13c6-11e3-abf2-f23c91dfaa16');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'66d53188-13c6-11e3-abf2-f23c91dfaa16');
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'685ebee0-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'685ebee0-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'685ebee0-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('a0bc2444-15e2-11e1-b21a-0019bb4983d8',0,'685ebee0-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('a0bc3f24-15e2-11e1-b21a-0019bb4983d8',0,'685ebee0-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'685ec2dc-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'685ec2dc-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'685ec2dc-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('a0bc2444-15e2-11e1-b21a-0019bb4983d8',0,'685ec2dc-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('a0bc3f24-15e2-11e1-b21a-0019bb4983d8',0,'685ec2dc-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'a9e41ce4-bd5c-11eb-aa52-d6270330280e');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'a9e41ce4-bd5c-11eb-aa52-d6270330280e');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'a9e41ce4-bd5c-11eb-aa52-d6270330280e');
INSERT INTO "schema_status" VALUES('a0bc2444-15e2-11e1-b21a-0019bb4983d8',0,'a9e41ce4-bd5c-11eb-aa52-d6270330280e');
INSERT INTO "schema_status" VALUES('a0bc3f24-15e2-11e1-b21a-0019bb4983d8',0,'a9e41ce4-bd5c-11eb-aa52-d6270330280e');
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'afeb7934-bd5c-11eb-bf2f-d6270330280e');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'afeb7934-bd5c-11eb-bf2f-d6270330280e');
INSERT INTO "schema_status" VALUES('9078de1a-40ce-11ed-a028-8e70b81a65da',0,'afeb7934-bd5c-11eb-bf2f-d6270330280e');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'afeb7934-bd5c-11eb-bf2f-d6270330280e');
INSERT INTO "schema_status" VALUES('a0bc2444-15e2-11e1-b21a-0019bb4983d8',0,'afeb7934-bd5c-11eb-bf2f-d6270330280e');
INSERT INTO "schema_status" VALUES('a0bc3f24-15e2-11e1-b21a-0019bb4983d8',0,'afeb7934-bd5c-11eb-bf2f-d6270330280e');
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'c4a30bc6-bd5c-11eb-a3da-d6270330280e');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'c4a30bc6-bd5c-11eb-a3da-d6270330280e');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'c4a30bc6-bd5c-11eb-a3da-d6270330280e');
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'c9a1a878-6af3-11eb-b477-169be7b6c453');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'c9a1a878-6af3-11eb-b477-169be7b6c453');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'c9a1a878-6af3-11eb-b477-169be7b6c453');
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'ce184c56-465f-11ed-91db-ca81394198b0');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'ce184c56-465f-11ed-91db-ca81394198b0');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'ce184c56-465f-11ed-91db-ca81394198b0');
INSERT INTO "schema_status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8',0,'e862f65c-bd5c-11eb-96ea-d6270330280e');
INSERT INTO "schema_status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8',0,'e862f65c-bd5c-11eb-96ea-d6270330280e');
INSERT INTO "schema_status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01',0,'e862f65c-bd5c-11eb-96ea-d6270330280e');
CREATE TABLE schema_type (
	type_id VARCHAR(255) NOT NULL, 
	sort BIGINT, 
	schema_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (type_id, schema_id), 
	FOREIGN KEY(type_id) REFERENCES type (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(schema_id) REFERENCES schema (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "schema_type" VALUES('262225e8-9dcb-11e9-82b8-d27cf242b68b',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('44dc3636-4164-11df-9218-0019bb4983d8',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('44dc53c8-4164-11df-9218-0019bb4983d8',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('44dc6ffc-4164-11df-9218-0019bb4983d8',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('44dc8cd0-4164-11df-9218-0019bb4983d8',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('44dcea86-4164-11df-9218-0019bb4983d8',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('44dd08fe-4164-11df-9218-0019bb4983d8',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('44dd23b6-4164-11df-9218-0019bb4983d8',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('44dd3ed2-4164-11df-9218-0019bb4983d8',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('44dd5868-4164-11df-9218-0019bb4983d8',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('56807358-a0f4-11e9-9843-d27cf242b68b',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('a3ead45c-ae42-11e9-9454-d27cf242b68b',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('a750a84f-b253-11eb-ad41-1e003a0c2434',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('ae1e2480-f24e-11e2-bd1f-f23c91dfaa16',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('b628a004-ad7d-11e1-896c-f23c91df1211',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('c3bcfdb4-ad7d-11e1-a444-f23c91df1211',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('cc46c4c6-13d2-11e3-8915-f23c91dfaa16',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('ffaebf7a-9dca-11e9-8346-d27cf242b68b',0,'22edfc08-57c5-11e5-8a87-42010af0e994');
INSERT INTO "schema_type" VALUES('0e996e82-6662-11ed-a73a-92ba0fc0dc3d',0,'62641400-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "schema_type" VALUES('56807358-a0f4-11e9-9843-d27cf242b68b',0,'62641400-40cd-11ed-a028-8e70b81a65da');
INSERT INTO "schema_type" VALUES('66d145f0-13c6-11e3-abf2-f23c91dfaa16',0,'66d53188-13c6-11e3-abf2-f23c91dfaa16');
INSERT INTO "schema_type" VALUES('66d1aedc-13c6-11e3-abf2-f23c91dfaa16',0,'66d53188-13c6-11e3-abf2-f23c91dfaa16');
INSERT INTO "schema_type" VALUES('66d1daba-13c6-11e3-abf2-f23c91dfaa16',0,'66d53188-13c6-11e3-abf2-f23c91dfaa16');
INSERT INTO "schema_type" VALUES('66d2038c-13c6-11e3-abf2-f23c91dfaa16',0,'66d53188-13c6-11e3-abf2-f23c91dfaa16');
INSERT INTO "schema_type" VALUES('8c39f908-8b4c-11eb-9cdb-c2ffbce28b68',0,'66d53188-13c6-11e3-abf2-f23c91dfaa16');
INSERT INTO "schema_type" VALUES('66d145f0-13c6-11e3-abf2-f23c91dfaa16',0,'c4a30bc6-bd5c-11eb-a3da-d6270330280e');
INSERT INTO "schema_type" VALUES('66d1aedc-13c6-11e3-abf2-f23c91dfaa16',0,'c4a30bc6-bd5c-11eb-a3da-d6270330280e');
INSERT INTO "schema_type" VALUES('66d1daba-13c6-11e3-abf2-f23c91dfaa16',0,'c4a30bc6-bd5c-11eb-a3da-d6270330280e');
INSERT INTO "schema_type" VALUES('66d145f0-13c6-11e3-abf2-f23c91dfaa16',0,'c9a1a878-6af3-11eb-b477-169be7b6c453');
INSERT INTO "schema_type" VALUES('66d1aedc-13c6-11e3-abf2-f23c91dfaa16',0,'c9a1a878-6af3-11eb-b477-169be7b6c453');
INSERT INTO "schema_type" VALUES('66d1daba-13c6-11e3-abf2-f23c91dfaa16',0,'c9a1a878-6af3-11eb-b477-169be7b6c453');
INSERT INTO "schema_type" VALUES('262225e8-9dcb-11e9-82b8-d27cf242b68b',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_type" VALUES('44dc3636-4164-11df-9218-0019bb4983d8',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_type" VALUES('44dc53c8-4164-11df-9218-0019bb4983d8',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_type" VALUES('44dc8cd0-4164-11df-9218-0019bb4983d8',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_type" VALUES('44dd08fe-4164-11df-9218-0019bb4983d8',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_type" VALUES('44dd23b6-4164-11df-9218-0019bb4983d8',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_type" VALUES('44dd5868-4164-11df-9218-0019bb4983d8',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_type" VALUES('56807358-a0f4-11e9-9843-d27cf242b68b',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_type" VALUES('a750a84f-b253-11eb-ad41-1e003a0c2434',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_type" VALUES('ae1e2480-f24e-11e2-bd1f-f23c91dfaa16',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_type" VALUES('b628a004-ad7d-11e1-896c-f23c91df1211',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_type" VALUES('cc46c4c6-13d2-11e3-8915-f23c91dfaa16',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_type" VALUES('ffaebf7a-9dca-11e9-8346-d27cf242b68b',0,'ca657fc6-6af5-11eb-bb52-169be7b6c453');
INSERT INTO "schema_type" VALUES('ae1e2480-f24e-11e2-bd1f-f23c91dfaa16',0,'ce184c56-465f-11ed-91db-ca81394198b0');
INSERT INTO "schema_type" VALUES('262225e8-9dcb-11e9-82b8-d27cf242b68b',0,'e862f65c-bd5c-11eb-96ea-d6270330280e');
INSERT INTO "schema_type" VALUES('44dc53c8-4164-11df-9218-0019bb4983d8',0,'e862f65c-bd5c-11eb-96ea-d6270330280e');
INSERT INTO "schema_type" VALUES('44dc8cd0-4164-11df-9218-0019bb4983d8',0,'e862f65c-bd5c-11eb-96ea-d6270330280e');
INSERT INTO "schema_type" VALUES('a750a84f-b253-11eb-ad41-1e003a0c2434',0,'e862f65c-bd5c-11eb-96ea-d6270330280e');
INSERT INTO "schema_type" VALUES('ae1e2480-f24e-11e2-bd1f-f23c91dfaa16',0,'e862f65c-bd5c-11eb-96ea-d6270330280e');
INSERT INTO "schema_type" VALUES('b628a004-ad7d-11e1-896c-f23c91df1211',0,'e862f65c-bd5c-11eb-96ea-d6270330280e');
CREATE TABLE scope (
	name TEXT, 
	id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE security_role (
	id VARCHAR(255) NOT NULL, 
	name TEXT, 
	type TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "security_role" VALUES('0e42a7f1-eaaa-5768-8d7c-1ba8a1132d61','Administrator','PROJECT');
INSERT INTO "security_role" VALUES('b5a6b354-ce9a-58c5-b50f-687394a16b18','Project Manager','PROJECT');
INSERT INTO "security_role" VALUES('7766e023-c222-52b2-abc5-3c690b225543','User','PROJECT');
INSERT INTO "security_role" VALUES('0aebae39-82af-518e-a4ff-fd9568ba5c66','Restricted User','ASSIGNED');
INSERT INTO "security_role" VALUES('d05d5c8b-c625-5ba2-82c7-b4d80cc91f87','API','API');
CREATE TABLE server_state (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "server_state" VALUES('seed','empty');
INSERT INTO "server_state" VALUES('first_user','admin');
CREATE TABLE setting (
	name TEXT NOT NULL, 
	value TEXT, 
	"group" TEXT NOT NULL, 
	PRIMARY KEY (name, "group")
);
INSERT INTO "setting" VALUES('storage_scenario','{"scenario": "ftrack.automatic", "data": {}}','STORAGE');
CREATE TABLE setting_component (
	component_id VARCHAR(255) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	"group" VARCHAR(255) NOT NULL, 
	PRIMARY KEY (component_id, name, "group"), 
	FOREIGN KEY(component_id) REFERENCES component (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(name, "group") REFERENCES setting (name, "group") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE split_task_part (
	id VARCHAR(255) NOT NULL, 
	label TEXT, 
	start_date VARCHAR(19), 
	end_date VARCHAR(19), 
	task_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(task_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE state (
	id VARCHAR(255) NOT NULL, 
	name TEXT, 
	short TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "state" VALUES('cea0ba04-acb5-11e1-8668-f23c91df1211','Not started','NOT_STARTED');
INSERT INTO "state" VALUES('cea0efc4-acb5-11e1-8668-f23c91df1211','In progress','IN_PROGRESS');
INSERT INTO "state" VALUES('cea116d4-acb5-11e1-8668-f23c91df1211','Done','DONE');
INSERT INTO "state" VALUES('5709c04e-2f4b-11e2-b663-0019bb4983d8','Blocked','BLOCKED');
CREATE TABLE status (
	id VARCHAR(255) NOT NULL, 
	color TEXT, 
	name TEXT, 
	sort BIGINT, 
	is_active BOOLEAN, 
	state_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(state_id) REFERENCES state (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "status" VALUES('9bb65936-88e7-11e3-9264-04011030cf01','#1cbc90','Completed',0,1,'cea116d4-acb5-11e1-8668-f23c91df1211');
INSERT INTO "status" VALUES('a0bc3f24-15e2-11e1-b21a-0019bb4983d8','#E74C3C','Omitted',1,1,'5709c04e-2f4b-11e2-b663-0019bb4983d8');
INSERT INTO "status" VALUES('a0bc2444-15e2-11e1-b21a-0019bb4983d8','#E74C3C','On Hold',2,1,'5709c04e-2f4b-11e2-b663-0019bb4983d8');
INSERT INTO "status" VALUES('2286947e-a2d4-11e9-825d-d27cf242b68b','#FF6600','Revise',3,1,'cea0efc4-acb5-11e1-8668-f23c91df1211');
INSERT INTO "status" VALUES('d5d6d8ca-ebb2-11e2-aef9-f23c91dfaa16','#1CBC90','Client approved',4,1,'cea116d4-acb5-11e1-8668-f23c91df1211');
INSERT INTO "status" VALUES('44de097a-4164-11df-9218-0019bb4983d8','#1cbc90','Approved',5,1,'cea116d4-acb5-11e1-8668-f23c91df1211');
INSERT INTO "status" VALUES('44dded64-4164-11df-9218-0019bb4983d8','#F1C40F','Pending Review',6,1,'cea0efc4-acb5-11e1-8668-f23c91df1211');
INSERT INTO "status" VALUES('44ddd0fe-4164-11df-9218-0019bb4983d8','#3498DB','In progress',7,1,'cea0efc4-acb5-11e1-8668-f23c91df1211');
INSERT INTO "status" VALUES('cadb9a06-acb5-11e1-8668-f23c91df1211','#CC99FF','WIP',8,1,'cea0ba04-acb5-11e1-8668-f23c91df1211');
INSERT INTO "status" VALUES('9078de1a-40ce-11ed-a028-8e70b81a65da','#00FFFF','Ready to start',9,1,'cea0ba04-acb5-11e1-8668-f23c91df1211');
INSERT INTO "status" VALUES('44dd9fb2-4164-11df-9218-0019bb4983d8','#CACACA','Not started',10,1,'cea0ba04-acb5-11e1-8668-f23c91df1211');
CREATE TABLE status_change (
	id VARCHAR(255) NOT NULL, 
	date VARCHAR(19), 
	from_status_id VARCHAR(255), 
	parent_id TEXT, 
	parent_type TEXT, 
	status_id VARCHAR(255), 
	user_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(from_status_id) REFERENCES status (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(status_id) REFERENCES status (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE status_rule (
	id VARCHAR(255) NOT NULL, 
	status_id VARCHAR(255), 
	status_rule_group_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(status_id) REFERENCES status (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(status_rule_group_id) REFERENCES status_rule_group (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE status_rule_group (
	object_type_id VARCHAR(255), 
	id VARCHAR(255) NOT NULL, 
	role_id VARCHAR(255), 
	status_id VARCHAR(255), 
	schema_id VARCHAR(255), 
	entity_type TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(object_type_id) REFERENCES object_type (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(role_id) REFERENCES security_role (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(status_id) REFERENCES status (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(schema_id) REFERENCES project_schema (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE task_template (
	id VARCHAR(255) NOT NULL, 
	name TEXT, 
	project_schema_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(project_schema_id) REFERENCES project_schema (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE task_template_item (
	id VARCHAR(255) NOT NULL, 
	template_id VARCHAR(255), 
	task_type_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(template_id) REFERENCES task_template (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(task_type_id) REFERENCES type (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE task_type_schema (
	id VARCHAR(255) NOT NULL, 
	name TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "task_type_schema" VALUES('05dee0c0-40cd-11ed-a028-8e70b81a65da','Model production task types');
INSERT INTO "task_type_schema" VALUES('06e14152-77ef-11e4-8e7d-040132734d01','Unused task types');
INSERT INTO "task_type_schema" VALUES('8f65fa3c-74a0-11ea-af66-1e2613b538bd','Unused task types');
INSERT INTO "task_type_schema" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','Animation task types');
INSERT INTO "task_type_schema" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','Unused task types');
INSERT INTO "task_type_schema" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','VFX task types');
INSERT INTO "task_type_schema" VALUES('d7355e70-bd5b-11eb-8fe6-d6270330280e','Media production task types');
INSERT INTO "task_type_schema" VALUES('f9bd62f6-a20c-11e9-81e9-d27cf242b68b','Unused task types');
INSERT INTO "task_type_schema" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','Unused task types');
CREATE TABLE task_type_schema_type (
	task_type_schema_id VARCHAR(255) NOT NULL, 
	type_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (task_type_schema_id, type_id), 
	FOREIGN KEY(task_type_schema_id) REFERENCES task_type_schema (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(type_id) REFERENCES type (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "task_type_schema_type" VALUES('05dee0c0-40cd-11ed-a028-8e70b81a65da','44dc53c8-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('05dee0c0-40cd-11ed-a028-8e70b81a65da','a750a84f-b253-11eb-ad41-1e003a0c2434');
INSERT INTO "task_type_schema_type" VALUES('06e14152-77ef-11e4-8e7d-040132734d01','ae1e2480-f24e-11e2-bd1f-f23c91dfaa16');
INSERT INTO "task_type_schema_type" VALUES('8f65fa3c-74a0-11ea-af66-1e2613b538bd','44dd23b6-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','262225e8-9dcb-11e9-82b8-d27cf242b68b');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','44dc3636-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','44dc53c8-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','44dc6ffc-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','44dc8cd0-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','44dcea86-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','44dd08fe-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','44dd23b6-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','44dd5868-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','56807358-a0f4-11e9-9843-d27cf242b68b');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','a750a84f-b253-11eb-ad41-1e003a0c2434');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','b628a004-ad7d-11e1-896c-f23c91df1211');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','cc46c4c6-13d2-11e3-8915-f23c91dfaa16');
INSERT INTO "task_type_schema_type" VALUES('9c772d44-6af0-11eb-b045-169be7b6c453','ffaebf7a-9dca-11e9-8346-d27cf242b68b');
INSERT INTO "task_type_schema_type" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','262225e8-9dcb-11e9-82b8-d27cf242b68b');
INSERT INTO "task_type_schema_type" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','44dc3636-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','44dc53c8-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','44dc8cd0-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','44dcea86-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','44dd08fe-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','44dd23b6-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','44dd5868-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','56807358-a0f4-11e9-9843-d27cf242b68b');
INSERT INTO "task_type_schema_type" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','66d1aedc-13c6-11e3-abf2-f23c91dfaa16');
INSERT INTO "task_type_schema_type" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','66d2038c-13c6-11e3-abf2-f23c91dfaa16');
INSERT INTO "task_type_schema_type" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','cc46c4c6-13d2-11e3-8915-f23c91dfaa16');
INSERT INTO "task_type_schema_type" VALUES('b32cef32-9dca-11e9-b01a-d27cf242b68b','ffaebf7a-9dca-11e9-8346-d27cf242b68b');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','262225e8-9dcb-11e9-82b8-d27cf242b68b');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','44dc3636-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','44dc53c8-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','44dc6ffc-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','44dc8cd0-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','44dcea86-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','44dd08fe-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','44dd23b6-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','44dd3ed2-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','44dd5868-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','56807358-a0f4-11e9-9843-d27cf242b68b');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','a3ead45c-ae42-11e9-9454-d27cf242b68b');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','a750a84f-b253-11eb-ad41-1e003a0c2434');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','b628a004-ad7d-11e1-896c-f23c91df1211');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','c3bcfdb4-ad7d-11e1-a444-f23c91df1211');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','cc46c4c6-13d2-11e3-8915-f23c91dfaa16');
INSERT INTO "task_type_schema_type" VALUES('cadd9e5a-acb5-11e1-8668-f23c91df1211','ffaebf7a-9dca-11e9-8346-d27cf242b68b');
INSERT INTO "task_type_schema_type" VALUES('d7355e70-bd5b-11eb-8fe6-d6270330280e','262225e8-9dcb-11e9-82b8-d27cf242b68b');
INSERT INTO "task_type_schema_type" VALUES('d7355e70-bd5b-11eb-8fe6-d6270330280e','44dc53c8-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('d7355e70-bd5b-11eb-8fe6-d6270330280e','44dc8cd0-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('d7355e70-bd5b-11eb-8fe6-d6270330280e','a750a84f-b253-11eb-ad41-1e003a0c2434');
INSERT INTO "task_type_schema_type" VALUES('d7355e70-bd5b-11eb-8fe6-d6270330280e','ae1e2480-f24e-11e2-bd1f-f23c91dfaa16');
INSERT INTO "task_type_schema_type" VALUES('d7355e70-bd5b-11eb-8fe6-d6270330280e','b628a004-ad7d-11e1-896c-f23c91df1211');
INSERT INTO "task_type_schema_type" VALUES('f9bd62f6-a20c-11e9-81e9-d27cf242b68b','ffaebf7a-9dca-11e9-8346-d27cf242b68b');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','44dc3636-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','44dc53c8-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','44dc6ffc-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','44dc8cd0-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','44dcea86-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','44dd08fe-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','44dd23b6-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','44dd3ed2-4164-11df-9218-0019bb4983d8');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','66d1aedc-13c6-11e3-abf2-f23c91dfaa16');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','66d1daba-13c6-11e3-abf2-f23c91dfaa16');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','66d2038c-13c6-11e3-abf2-f23c91dfaa16');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','ae1e2480-f24e-11e2-bd1f-f23c91dfaa16');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','b628a004-ad7d-11e1-896c-f23c91df1211');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','c3bcfdb4-ad7d-11e1-a444-f23c91df1211');
INSERT INTO "task_type_schema_type" VALUES('faa3c894-88e6-11e3-8546-04011030cf01','cc46c4c6-13d2-11e3-8915-f23c91dfaa16');
CREATE TABLE timelog (
	comment TEXT, 
	context_id VARCHAR(255), 
	name TEXT, 
	time_zone_offset FLOAT, 
	user_id VARCHAR(255), 
	start VARCHAR(19), 
	duration FLOAT, 
	id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(context_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE timer (
	comment TEXT, 
	context_id VARCHAR(255), 
	name TEXT, 
	start VARCHAR(19), 
	user_id VARCHAR(255), 
	id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(context_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	UNIQUE (user_id)
);
CREATE TABLE type (
	id VARCHAR(255) NOT NULL, 
	name TEXT, 
	color TEXT, 
	sort BIGINT, 
	is_billable BOOLEAN, 
	PRIMARY KEY (id)
);
INSERT INTO "type" VALUES('56807358-a0f4-11e9-9843-d27cf242b68b','Concept Art','#33CCCC',0,1);
INSERT INTO "type" VALUES('44dc53c8-4164-11df-9218-0019bb4983d8','Modeling','#935ba2',1,1);
INSERT INTO "type" VALUES('44dd5868-4164-11df-9218-0019bb4983d8','Rigging','#58592d',2,1);
INSERT INTO "type" VALUES('a750a84f-b253-11eb-ad41-1e003a0c2434','Texture','#f1c40f',3,1);
INSERT INTO "type" VALUES('44dc8cd0-4164-11df-9218-0019bb4983d8','Lookdev','#a3635d',4,1);
INSERT INTO "type" VALUES('66d145f0-13c6-11e3-abf2-f23c91dfaa16','Character','#3a2d5a',5,1);
INSERT INTO "type" VALUES('66d1aedc-13c6-11e3-abf2-f23c91dfaa16','Prop','#f39c12',6,1);
INSERT INTO "type" VALUES('0e996e82-6662-11ed-a73a-92ba0fc0dc3d','Furniture','#008000',7,0);
INSERT INTO "type" VALUES('8c39f908-8b4c-11eb-9cdb-c2ffbce28b68','Vehicle','#ABABAB',8,1);
INSERT INTO "type" VALUES('66d1daba-13c6-11e3-abf2-f23c91dfaa16','Environment','#5da35e',9,1);
INSERT INTO "type" VALUES('66d2038c-13c6-11e3-abf2-f23c91dfaa16','Matte Painting','#5da35e',10,1);
INSERT INTO "type" VALUES('b628a004-ad7d-11e1-896c-f23c91df1211','Production','#bdc3c7',11,0);
INSERT INTO "type" VALUES('cc46c4c6-13d2-11e3-8915-f23c91dfaa16','Editing','#f1c40f',12,1);
INSERT INTO "type" VALUES('a3ead45c-ae42-11e9-9454-d27cf242b68b','Conform','#ABABAB',13,1);
INSERT INTO "type" VALUES('44dd3ed2-4164-11df-9218-0019bb4983d8','Tracking','#27ae60',14,1);
INSERT INTO "type" VALUES('c3bcfdb4-ad7d-11e1-a444-f23c91df1211','Rotoscoping','#3498db',15,1);
INSERT INTO "type" VALUES('44dc6ffc-4164-11df-9218-0019bb4983d8','Previz','#27ae60',16,1);
INSERT INTO "type" VALUES('ffaebf7a-9dca-11e9-8346-d27cf242b68b','Layout','#3a2d5a',17,1);
INSERT INTO "type" VALUES('44dc3636-4164-11df-9218-0019bb4983d8','Animation','#35592d',18,1);
INSERT INTO "type" VALUES('44dcea86-4164-11df-9218-0019bb4983d8','FX','#9b59b6',19,1);
INSERT INTO "type" VALUES('44dd08fe-4164-11df-9218-0019bb4983d8','Lighting','#5b5ba3',20,1);
INSERT INTO "type" VALUES('262225e8-9dcb-11e9-82b8-d27cf242b68b','Rendering','#5ba3a3',21,1);
INSERT INTO "type" VALUES('44dd23b6-4164-11df-9218-0019bb4983d8','Compositing','#2d5959',22,1);
INSERT INTO "type" VALUES('ae1e2480-f24e-11e2-bd1f-f23c91dfaa16','Deliverable','#2980b9',23,1);
CREATE TABLE typed_context_link (
	id VARCHAR(255) NOT NULL, 
	lag FLOAT, 
	type TEXT, 
	from_id VARCHAR(255), 
	to_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(from_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(to_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE user_application_state (
	user_id VARCHAR(255) NOT NULL, 
	"key" TEXT NOT NULL, 
	value TEXT, 
	PRIMARY KEY (user_id, "key"), 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE user_security_role (
	id VARCHAR(255) NOT NULL, 
	is_all_open_projects BOOLEAN, 
	security_role_id VARCHAR(255), 
	user_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(security_role_id) REFERENCES security_role (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "user_security_role" VALUES('129bc20d-b3fd-5592-8940-af8efa9810d1',1,'0e42a7f1-eaaa-5768-8d7c-1ba8a1132d61','15461de9-2d50-5ef0-9012-3217ca02d6f2');
CREATE TABLE user_security_role_project (
	id VARCHAR(255) NOT NULL, 
	project_id VARCHAR(255), 
	user_security_role_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(project_id) REFERENCES context (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(user_security_role_id) REFERENCES user_security_role (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE user_session (
	id VARCHAR(255) NOT NULL, 
	accessed_time VARCHAR(19), 
	creation_time VARCHAR(19), 
	user_id VARCHAR(255), 
	token_hash TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	UNIQUE (token_hash)
);
CREATE TABLE user_type (
	id VARCHAR(255) NOT NULL, 
	name TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "user_type" VALUES('ac9fa5aa-4361-11e0-b7cc-0019bb4983d8','ftrack');
INSERT INTO "user_type" VALUES('c1396532-8ecd-5cd4-aabf-843f94095d55','service');
INSERT INTO "user_type" VALUES('1bc19882-29aa-56ff-b5e3-5037d60e060c','demo');
CREATE TABLE user_view (
	id VARCHAR(255) NOT NULL, 
	global BOOLEAN, 
	name TEXT, 
	user_id VARCHAR(255), 
	PRIMARY KEY (id), 
	FOREIGN KEY(user_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE user_view_share (
	user_view_id VARCHAR(255) NOT NULL, 
	resource_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (user_view_id, resource_id), 
	FOREIGN KEY(user_view_id) REFERENCES user_view (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(resource_id) REFERENCES resource (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE workflow_schema (
	id VARCHAR(255) NOT NULL, 
	name TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "workflow_schema" VALUES('05ded38c-40cd-11ed-a028-8e70b81a65da','Model production tasks');
INSERT INTO "workflow_schema" VALUES('05deda8a-40cd-11ed-a028-8e70b81a65da','Model production versions');
INSERT INTO "workflow_schema" VALUES('9c7709f4-6af0-11eb-b045-169be7b6c453','Animation tasks');
INSERT INTO "workflow_schema" VALUES('9c771b42-6af0-11eb-b045-169be7b6c453','Animation versions');
INSERT INTO "workflow_schema" VALUES('cadb0afa-acb5-11e1-8668-f23c91df1211','VFX tasks');
INSERT INTO "workflow_schema" VALUES('cadb4c0e-acb5-11e1-8668-f23c91df1211','VFX versions');
INSERT INTO "workflow_schema" VALUES('d7354f98-bd5b-11eb-8fe6-d6270330280e','Media production tasks');
INSERT INTO "workflow_schema" VALUES('d7355858-bd5b-11eb-8fe6-d6270330280e','Media production versions');
CREATE TABLE workflow_schema_status (
	workflow_schema_id VARCHAR(255) NOT NULL, 
	status_id VARCHAR(255) NOT NULL, 
	PRIMARY KEY (workflow_schema_id, status_id), 
	FOREIGN KEY(workflow_schema_id) REFERENCES workflow_schema (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(status_id) REFERENCES status (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "workflow_schema_status" VALUES('05ded38c-40cd-11ed-a028-8e70b81a65da','2286947e-a2d4-11e9-825d-d27cf242b68b');
INSERT INTO "workflow_schema_status" VALUES('05ded38c-40cd-11ed-a028-8e70b81a65da','44dd9fb2-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('05ded38c-40cd-11ed-a028-8e70b81a65da','44ddd0fe-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('05ded38c-40cd-11ed-a028-8e70b81a65da','44dded64-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('05ded38c-40cd-11ed-a028-8e70b81a65da','44de097a-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('05ded38c-40cd-11ed-a028-8e70b81a65da','9078de1a-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "workflow_schema_status" VALUES('05ded38c-40cd-11ed-a028-8e70b81a65da','9bb65936-88e7-11e3-9264-04011030cf01');
INSERT INTO "workflow_schema_status" VALUES('05ded38c-40cd-11ed-a028-8e70b81a65da','a0bc2444-15e2-11e1-b21a-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('05ded38c-40cd-11ed-a028-8e70b81a65da','a0bc3f24-15e2-11e1-b21a-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('05deda8a-40cd-11ed-a028-8e70b81a65da','2286947e-a2d4-11e9-825d-d27cf242b68b');
INSERT INTO "workflow_schema_status" VALUES('05deda8a-40cd-11ed-a028-8e70b81a65da','44dded64-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('05deda8a-40cd-11ed-a028-8e70b81a65da','44de097a-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('05deda8a-40cd-11ed-a028-8e70b81a65da','cadb9a06-acb5-11e1-8668-f23c91df1211');
INSERT INTO "workflow_schema_status" VALUES('05deda8a-40cd-11ed-a028-8e70b81a65da','d5d6d8ca-ebb2-11e2-aef9-f23c91dfaa16');
INSERT INTO "workflow_schema_status" VALUES('9c7709f4-6af0-11eb-b045-169be7b6c453','2286947e-a2d4-11e9-825d-d27cf242b68b');
INSERT INTO "workflow_schema_status" VALUES('9c7709f4-6af0-11eb-b045-169be7b6c453','44dd9fb2-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('9c7709f4-6af0-11eb-b045-169be7b6c453','44ddd0fe-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('9c7709f4-6af0-11eb-b045-169be7b6c453','44dded64-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('9c7709f4-6af0-11eb-b045-169be7b6c453','44de097a-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('9c7709f4-6af0-11eb-b045-169be7b6c453','9078de1a-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "workflow_schema_status" VALUES('9c7709f4-6af0-11eb-b045-169be7b6c453','9bb65936-88e7-11e3-9264-04011030cf01');
INSERT INTO "workflow_schema_status" VALUES('9c7709f4-6af0-11eb-b045-169be7b6c453','a0bc2444-15e2-11e1-b21a-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('9c7709f4-6af0-11eb-b045-169be7b6c453','a0bc3f24-15e2-11e1-b21a-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('9c771b42-6af0-11eb-b045-169be7b6c453','2286947e-a2d4-11e9-825d-d27cf242b68b');
INSERT INTO "workflow_schema_status" VALUES('9c771b42-6af0-11eb-b045-169be7b6c453','44dded64-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('9c771b42-6af0-11eb-b045-169be7b6c453','44de097a-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('9c771b42-6af0-11eb-b045-169be7b6c453','cadb9a06-acb5-11e1-8668-f23c91df1211');
INSERT INTO "workflow_schema_status" VALUES('9c771b42-6af0-11eb-b045-169be7b6c453','d5d6d8ca-ebb2-11e2-aef9-f23c91dfaa16');
INSERT INTO "workflow_schema_status" VALUES('cadb0afa-acb5-11e1-8668-f23c91df1211','2286947e-a2d4-11e9-825d-d27cf242b68b');
INSERT INTO "workflow_schema_status" VALUES('cadb0afa-acb5-11e1-8668-f23c91df1211','44dd9fb2-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('cadb0afa-acb5-11e1-8668-f23c91df1211','44ddd0fe-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('cadb0afa-acb5-11e1-8668-f23c91df1211','44dded64-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('cadb0afa-acb5-11e1-8668-f23c91df1211','44de097a-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('cadb0afa-acb5-11e1-8668-f23c91df1211','9078de1a-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "workflow_schema_status" VALUES('cadb0afa-acb5-11e1-8668-f23c91df1211','9bb65936-88e7-11e3-9264-04011030cf01');
INSERT INTO "workflow_schema_status" VALUES('cadb0afa-acb5-11e1-8668-f23c91df1211','a0bc2444-15e2-11e1-b21a-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('cadb0afa-acb5-11e1-8668-f23c91df1211','a0bc3f24-15e2-11e1-b21a-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('cadb4c0e-acb5-11e1-8668-f23c91df1211','2286947e-a2d4-11e9-825d-d27cf242b68b');
INSERT INTO "workflow_schema_status" VALUES('cadb4c0e-acb5-11e1-8668-f23c91df1211','44dded64-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('cadb4c0e-acb5-11e1-8668-f23c91df1211','44de097a-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('cadb4c0e-acb5-11e1-8668-f23c91df1211','cadb9a06-acb5-11e1-8668-f23c91df1211');
INSERT INTO "workflow_schema_status" VALUES('cadb4c0e-acb5-11e1-8668-f23c91df1211','d5d6d8ca-ebb2-11e2-aef9-f23c91dfaa16');
INSERT INTO "workflow_schema_status" VALUES('d7354f98-bd5b-11eb-8fe6-d6270330280e','2286947e-a2d4-11e9-825d-d27cf242b68b');
INSERT INTO "workflow_schema_status" VALUES('d7354f98-bd5b-11eb-8fe6-d6270330280e','44dd9fb2-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('d7354f98-bd5b-11eb-8fe6-d6270330280e','44ddd0fe-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('d7354f98-bd5b-11eb-8fe6-d6270330280e','44dded64-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('d7354f98-bd5b-11eb-8fe6-d6270330280e','44de097a-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('d7354f98-bd5b-11eb-8fe6-d6270330280e','9078de1a-40ce-11ed-a028-8e70b81a65da');
INSERT INTO "workflow_schema_status" VALUES('d7354f98-bd5b-11eb-8fe6-d6270330280e','9bb65936-88e7-11e3-9264-04011030cf01');
INSERT INTO "workflow_schema_status" VALUES('d7354f98-bd5b-11eb-8fe6-d6270330280e','a0bc2444-15e2-11e1-b21a-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('d7354f98-bd5b-11eb-8fe6-d6270330280e','a0bc3f24-15e2-11e1-b21a-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('d7355858-bd5b-11eb-8fe6-d6270330280e','2286947e-a2d4-11e9-825d-d27cf242b68b');
INSERT INTO "workflow_schema_status" VALUES('d7355858-bd5b-11eb-8fe6-d6270330280e','44dded64-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('d7355858-bd5b-11eb-8fe6-d6270330280e','44de097a-4164-11df-9218-0019bb4983d8');
INSERT INTO "workflow_schema_status" VALUES('d7355858-bd5b-11eb-8fe6-d6270330280e','cadb9a06-acb5-11e1-8668-f23c91df1211');
INSERT INTO "workflow_schema_status" VALUES('d7355858-bd5b-11eb-8fe6-d6270330280e','d5d6d8ca-ebb2-11e2-aef9-f23c91dfaa16');
CREATE INDEX ix_component_version_id ON component (version_id);
CREATE INDEX ix_component_container_id ON component (container_id);
CREATE INDEX ix_resource_email_lower ON resource (lower(email));
CREATE INDEX ix_resource_username_lower ON resource (lower(username));
CREATE INDEX ix_resource_user_type_id ON resource (user_type_id) WHERE user_type_id IS NOT NULL;
CREATE INDEX ix_resource_parent_id ON resource (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX ix_resource_thumbnail_id ON resource (thumbnail_id) WHERE thumbnail_id IS NOT NULL;
CREATE INDEX ix_location_name_lower ON location (lower(name));
CREATE INDEX ix_context_parent_id_name ON context (parent_id, name);
CREATE INDEX ix_context_thumbnail_id ON context (thumbnail_id) WHERE thumbnail_id IS NOT NULL;
CREATE INDEX ix_context_created_by_id ON context (created_by_id) WHERE created_by_id IS NOT NULL;
CREATE INDEX ix_context_project_schema_id ON context (project_schema_id) WHERE project_schema_id IS NOT NULL;
CREATE INDEX ix_context_object_type_id_id ON context (object_type_id, id);
CREATE INDEX ix_context_priority_id ON context (priority_id) WHERE priority_id IS NOT NULL;
CREATE INDEX ix_context_name_lower ON context (lower(name));
CREATE INDEX ix_context_full_name_lower ON context (lower(full_name));
CREATE INDEX ix_context_project_id_object_type_id_id ON context (project_id, object_type_id, id);
CREATE INDEX ix_context_type_id ON context (type_id);
CREATE INDEX ix_context_disk_id ON context (disk_id) WHERE disk_id IS NOT NULL;
CREATE INDEX ix_context_status_id ON context (status_id);
CREATE INDEX ix_asset_version_thumbnail_id ON asset_version (thumbnail_id) WHERE thumbnail_id IS NOT NULL;
CREATE INDEX ix_asset_version_user_id ON asset_version (user_id);
CREATE INDEX ix_asset_version_project_id_date ON asset_version (project_id, date);
CREATE INDEX ix_asset_version_status_id ON asset_version (status_id);
CREATE INDEX ix_asset_version_task_id ON asset_version (task_id);
CREATE INDEX ix_entity_setting_parent_id ON entity_setting (parent_id);
CREATE INDEX ix_metadata_key_lower ON metadata (lower("key"));
CREATE INDEX ix_type_name_lower ON type (lower(name));
CREATE INDEX ix_asset_context_id_name ON asset (context_id, name);
CREATE INDEX ix_asset_project_id ON asset (project_id);
CREATE INDEX ix_asset_type_id ON asset (type_id) WHERE type_id IS NOT NULL;
CREATE INDEX ix_asset_name_lower ON asset (lower(name));
CREATE INDEX ix_asset_latest_version_id ON asset (latest_version_id) WHERE latest_version_id IS NOT NULL;
CREATE INDEX ix_object_type_name_lower ON object_type (lower(name));
CREATE INDEX ix_dashboard_created_by_id ON dashboard (created_by_id) WHERE created_by_id IS NOT NULL;
CREATE INDEX ix_timer_context_id ON timer (context_id);
CREATE INDEX ix_typed_context_link_from_id ON typed_context_link (from_id);
CREATE INDEX ix_typed_context_link_to_id ON typed_context_link (to_id);
CREATE INDEX ix_calendar_event_project_id ON calendar_event (project_id);
CREATE INDEX ix_calendar_event_type_id ON calendar_event (type_id) WHERE type_id IS NOT NULL;
CREATE INDEX ix_calendar_event_created_by_id ON calendar_event (created_by_id) WHERE created_by_id IS NOT NULL;
CREATE INDEX ix_membership_user_id ON membership (user_id);
CREATE INDEX ix_project_schema_task_workflow_schema_id ON project_schema (task_workflow_schema_id) WHERE task_workflow_schema_id IS NOT NULL;
CREATE INDEX ix_project_schema_asset_version_workflow_schema_id ON project_schema (asset_version_workflow_schema_id) WHERE asset_version_workflow_schema_id IS NOT NULL;
CREATE INDEX ix_project_schema_task_type_schema_id ON project_schema (task_type_schema_id) WHERE task_type_schema_id IS NOT NULL;
CREATE INDEX ix_appointment_context_id_type ON appointment (context_id, type);
CREATE INDEX ix_appointment_resource_id_type ON appointment (resource_id, type);
CREATE INDEX ix_review_session_folder_project_id ON review_session_folder (project_id) WHERE project_id IS NOT NULL;
CREATE INDEX ix_user_security_role_user_id ON user_security_role (user_id);
CREATE INDEX ix_user_security_role_security_role_id ON user_security_role (security_role_id) WHERE security_role_id IS NOT NULL;
CREATE INDEX ix_custom_attribute_configuration_group_id ON custom_attribute_configuration (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX ix_custom_attribute_configuration_object_type_id_to ON custom_attribute_configuration (object_type_id_to) WHERE object_type_id_to IS NOT NULL;
CREATE INDEX ix_custom_attribute_configuration_type_id ON custom_attribute_configuration (type_id) WHERE type_id IS NOT NULL;
CREATE INDEX ix_custom_attribute_configuration_key_lower ON custom_attribute_configuration (lower("key"));
CREATE INDEX ix_status_state_id ON status (state_id);
CREATE INDEX ix_status_name_lower ON status (lower(name));
CREATE INDEX ix_manager_user_id ON manager (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX ix_manager_context_id ON manager (context_id);
CREATE INDEX ix_manager_type_id ON manager (type_id) WHERE type_id IS NOT NULL;
CREATE INDEX ix_asset_version_link_to_id ON asset_version_link (to_id);
CREATE INDEX ix_asset_version_link_from_id ON asset_version_link (from_id);
CREATE INDEX ix_list_category_id ON list (category_id) WHERE category_id IS NOT NULL;
CREATE INDEX ix_list_user_id ON list (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX ix_list_project_id ON list (project_id);
CREATE INDEX ix_note_completed_by_id ON note (completed_by_id) WHERE completed_by_id IS NOT NULL;
CREATE INDEX ix_note_in_reply_to_id ON note (in_reply_to_id);
CREATE INDEX ix_note_parent_id_parent_type_date ON note (parent_id, parent_type, date);
CREATE INDEX ix_note_user_id ON note (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX ix_note_project_id_thread_activity ON note (project_id, thread_activity);
CREATE INDEX ix_note_category_id ON note (category_id) WHERE category_id IS NOT NULL;
CREATE INDEX ix_event_project_id_id ON event (project_id, id);
CREATE INDEX ix_event_user_id ON event (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX ix_event_parent_id ON event (parent_id);
CREATE INDEX ix_user_session_user_id ON user_session (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX ix_job_user_id ON job (user_id);
CREATE INDEX ix_user_view_user_id ON user_view (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX ix_setting_component_name ON setting_component (name) WHERE name IS NOT NULL;
CREATE INDEX ix_setting_component_group ON setting_component ("group") WHERE "group" IS NOT NULL;
CREATE INDEX ix_component_location_location_id ON component_location (location_id);
CREATE INDEX ix_timelog_context_id ON timelog (context_id);
CREATE INDEX ix_timelog_user_id_start ON timelog (user_id, start);
CREATE INDEX ix_api_key_resource_id ON api_key (resource_id);
CREATE INDEX ix_split_task_part_task_id ON split_task_part (task_id);
CREATE INDEX ix_task_type_schema_type_type_id ON task_type_schema_type (type_id) WHERE type_id IS NOT NULL;
CREATE INDEX ix_context_path_ancestor_id_depth_descendant_id ON context_path (ancestor_id, depth, descendant_id);
CREATE INDEX ix_context_scope_scope_id ON context_scope (scope_id);
CREATE INDEX ix_status_change_parent_id_date ON status_change (parent_id, date);
CREATE INDEX ix_status_change_user_id ON status_change (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX ix_status_change_from_status_id ON status_change (from_status_id) WHERE from_status_id IS NOT NULL;
CREATE INDEX ix_status_change_status_id ON status_change (status_id) WHERE status_id IS NOT NULL;
CREATE INDEX ix_status_rule_group_object_type_id ON status_rule_group (object_type_id) WHERE object_type_id IS NOT NULL;
CREATE INDEX ix_status_rule_group_schema_id ON status_rule_group (schema_id) WHERE schema_id IS NOT NULL;
CREATE INDEX ix_status_rule_group_role_id ON status_rule_group (role_id) WHERE role_id IS NOT NULL;
CREATE INDEX ix_status_rule_group_status_id ON status_rule_group (status_id) WHERE status_id IS NOT NULL;
CREATE INDEX ix_calendar_event_resource_calendar_event_id ON calendar_event_resource (calendar_event_id);
CREATE INDEX ix_calendar_event_resource_resource_id ON calendar_event_resource (resource_id);
CREATE INDEX ix_calendar_event_resource_created_by_id ON calendar_event_resource (created_by_id) WHERE created_by_id IS NOT NULL;
CREATE INDEX ix_custom_attribute_link_from_id ON custom_attribute_link (from_id);
CREATE INDEX ix_custom_attribute_link_configuration_id ON custom_attribute_link (configuration_id);
CREATE INDEX ix_custom_attribute_link_to_id ON custom_attribute_link (to_id);
CREATE INDEX ix_dashboard_widget_dashboard_id ON dashboard_widget (dashboard_id);
CREATE INDEX ix_custom_attribute_value_configuration_id_text ON custom_attribute_value (configuration_id, text);
CREATE INDEX ix_custom_attribute_value_configuration_id_number ON custom_attribute_value (configuration_id, number);
CREATE INDEX ix_custom_attribute_value_entity_id ON custom_attribute_value (entity_id);
CREATE INDEX ix_dashboard_resource_resource_id ON dashboard_resource (resource_id) WHERE resource_id IS NOT NULL;
CREATE INDEX ix_note_component_note_id ON note_component (note_id);
CREATE INDEX ix_note_label_link_label_id ON note_label_link (label_id);
CREATE INDEX ix_list_object_entity_id ON list_object (entity_id);
CREATE INDEX ix_project_schema_override_type_id ON project_schema_override (type_id) WHERE type_id IS NOT NULL;
CREATE INDEX ix_project_schema_override_project_schema_id ON project_schema_override (project_schema_id) WHERE project_schema_id IS NOT NULL;
CREATE INDEX ix_project_schema_override_workflow_schema_id ON project_schema_override (workflow_schema_id) WHERE workflow_schema_id IS NOT NULL;
CREATE INDEX ix_feed_owner_id ON feed (owner_id);
CREATE INDEX ix_feed_social_id ON feed (social_id);
CREATE INDEX ix_review_session_thumbnail_source_id ON review_session (thumbnail_source_id) WHERE thumbnail_source_id IS NOT NULL;
CREATE INDEX ix_review_session_review_session_folder_id ON review_session (review_session_folder_id) WHERE review_session_folder_id IS NOT NULL;
CREATE INDEX ix_review_session_created_by_id ON review_session (created_by_id) WHERE created_by_id IS NOT NULL;
CREATE INDEX ix_review_session_project_id ON review_session (project_id);
CREATE INDEX ix_job_component_job_id ON job_component (job_id);
CREATE INDEX ix_schema_object_type_id ON schema (object_type_id) WHERE object_type_id IS NOT NULL;
CREATE INDEX ix_schema_project_schema_id ON schema (project_schema_id);
CREATE INDEX ix_workflow_schema_status_status_id ON workflow_schema_status (status_id) WHERE status_id IS NOT NULL;
CREATE INDEX ix_user_security_role_project_user_security_role_id ON user_security_role_project (user_security_role_id);
CREATE INDEX ix_user_security_role_project_project_id ON user_security_role_project (project_id);
CREATE INDEX ix_task_template_project_schema_id ON task_template (project_schema_id) WHERE project_schema_id IS NOT NULL;
CREATE INDEX ix_recipient_resource_id ON recipient (resource_id);
CREATE INDEX ix_project_schema_object_type_project_schema_id ON project_schema_object_type (project_schema_id) WHERE project_schema_id IS NOT NULL;
CREATE INDEX ix_configuration_read_role_role_id ON configuration_read_role (role_id);
CREATE INDEX ix_configuration_write_role_role_id ON configuration_write_role (role_id);
CREATE INDEX ix_user_view_share_resource_id ON user_view_share (resource_id);
CREATE INDEX ix_review_session_object_review_session_id ON review_session_object (review_session_id);
CREATE INDEX ix_review_session_object_version_id ON review_session_object (version_id);
CREATE INDEX ix_review_session_invitee_resource_id ON review_session_invitee (resource_id) WHERE resource_id IS NOT NULL;
CREATE INDEX ix_review_session_invitee_review_session_id ON review_session_invitee (review_session_id);
CREATE INDEX ix_review_session_invitee_created_by_id ON review_session_invitee (created_by_id) WHERE created_by_id IS NOT NULL;
CREATE INDEX ix_task_template_item_task_type_id ON task_template_item (task_type_id) WHERE task_type_id IS NOT NULL;
CREATE INDEX ix_task_template_item_template_id ON task_template_item (template_id);
CREATE INDEX ix_schema_type_schema_id ON schema_type (schema_id) WHERE schema_id IS NOT NULL;
CREATE INDEX ix_status_rule_status_id ON status_rule (status_id) WHERE status_id IS NOT NULL;
CREATE INDEX ix_status_rule_status_rule_group_id ON status_rule (status_rule_group_id) WHERE status_rule_group_id IS NOT NULL;
CREATE INDEX ix_schema_status_schema_id ON schema_status (schema_id) WHERE schema_id IS NOT NULL;
CREATE INDEX ix_review_session_object_annotation_review_session_object_id ON review_session_object_annotation (review_session_object_id) WHERE review_session_object_id IS NOT NULL;
CREATE INDEX ix_review_session_object_status_review_session_invitee_id ON review_session_object_status (review_session_invitee_id);
CREATE INDEX ix_review_session_object_status_resource_id ON review_session_object_status (resource_id) WHERE resource_id IS NOT NULL;
CREATE INDEX ix_review_session_object_status_review_session_object_id ON review_session_object_status (review_session_object_id);
CREATE INDEX ix_review_session_object_annotation_component_review_session_object_id ON review_session_object_annotation_component (review_session_object_id) WHERE review_session_object_id IS NOT NULL;
COMMIT;
