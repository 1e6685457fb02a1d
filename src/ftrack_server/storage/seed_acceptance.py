"""The acceptance data: what the tests of the official client expect to find on their server (protocol: 9.3)."""

from __future__ import annotations

from ftrack_server.model.custom import Configuration
from ftrack_server.storage.seed_rows import SeedRows, seed_id

USERNAME = "jenkins"
USER_ID = "d07ae5d0-66e1-11e1-b5e9-f23c91df25eb"
PROJECT_ID = "5671dcb0-66de-11e1-8e6e-f23c91df25eb"
TASK_ID = "adb4ad6c-7679-11e2-8df2-f23c91df25eb"
SCHEMA_ID = "69cb7f92-4dbf-11e1-9902-f23c91df25eb"
SCHEMA_NAME = "VFX Scheme"
OTHER_USERS = 60

TASK_STATUSES = ("Not started", "In progress", "Awaiting approval", "Approved")
SHOT_STATUSES = ("Normal", "Omitted", "On Hold")
VERSION_STATUSES = ("Approved", "Pending")
TASK_TYPES = (
    "Generic",
    "Animation",
    "Modeling",
    "Previz",
    "Lookdev",
    "Hair",
    "Cloth",
    "FX",
    "Lighting",
    "Compositing",
    "Tracking",
    "Rigging",
    "test 1",
    "test type 2",
)
BUILD_TYPES = ("Character", "Prop", "Environment", "Matte Painting")

# key, owner kind, object type, value type, hierarchical
CUSTOM_ATTRIBUTES = (
    ("versiontest", "assetversion", None, "number", False),
    ("NumberField", "assetversion", None, "number", False),
    ("customNumber", "task", "Task", "number", False),
    ("fstart", "task", "Shot", "number", False),
    ("htest", "show", None, "number", True),
    ("listbool", "list", None, "boolean", False),
    ("teststring", "user", None, "text", False),
)


def add_acceptance(rows: SeedRows) -> str:
    """Add the data and return the username that the tests sign in as."""
    rows.user(USERNAME, "Jenkins", "Service", role="Administrator", key=USER_ID)
    users = [USER_ID]
    users += [
        rows.user(f"artist{number:02d}", f"First{number:02d}", f"Last{number:02d}")
        for number in range(1, OTHER_USERS + 1)
    ]
    _add_schema(rows)
    configurations = _add_custom_attributes(rows)
    _add_tree(rows, users, configurations)
    return USERNAME


def _status(rows: SeedRows, name: str) -> str:
    try:
        return str(rows.find("Status", name=name)["id"])
    except LookupError:
        state = rows.find("State", short="DONE" if name in {"Approved", "Omitted"} else "NOT_STARTED")["id"]
        return rows.add(
            "Status", id=seed_id("Status", name), name=name, sort=20, color="#999999", is_active=True, state_id=state
        )


def _type(rows: SeedRows, name: str) -> str:
    try:
        return str(rows.find("Type", name=name)["id"])
    except LookupError:
        return rows.add("Type", id=seed_id("Type", name), name=name, sort=50, color="#999999", is_billable=True)


def _workflow(rows: SeedRows, name: str, statuses: tuple[str, ...]) -> str:
    workflow = rows.add("WorkflowSchema", id=seed_id("WorkflowSchema", f"acceptance {name}"), name=name)
    for status in statuses:
        rows.add("WorkflowSchemaStatus", workflow_schema_id=workflow, status_id=_status(rows, status))
    return workflow


def _add_schema(rows: SeedRows) -> None:
    """Add the project schema; it comes first, since tests take the first one of an unordered query."""
    types = rows.add("TaskTypeSchema", id=seed_id("TaskTypeSchema", "acceptance"), name="Acceptance task types")
    for name in TASK_TYPES:
        rows.add("TaskTypeSchemaType", task_type_schema_id=types, type_id=_type(rows, name))
    rows.add(
        "ProjectSchema",
        id=SCHEMA_ID,
        name=SCHEMA_NAME,
        task_type_schema_id=types,
        task_workflow_schema_id=_workflow(rows, "Acceptance tasks", TASK_STATUSES),
        asset_version_workflow_schema_id=_workflow(rows, "Acceptance versions", VERSION_STATUSES),
    )
    for name in ("Task", "Shot", "Asset Build", "Sequence", "Episode", "Folder", "Milestone"):
        object_type = rows.find("ObjectType", name=name)["id"]
        rows.add("ProjectSchemaObjectType", project_schema_id=SCHEMA_ID, object_type_id=object_type)
    for name, build_types in (("Shot", ()), ("Asset Build", BUILD_TYPES)):
        schema = rows.add(
            "Schema",
            id=seed_id("Schema", f"acceptance {name}"),
            project_schema_id=SCHEMA_ID,
            object_type_id=rows.find("ObjectType", name=name)["id"],
        )
        for status in SHOT_STATUSES:
            rows.add("SchemaStatus", schema_id=schema, status_id=_status(rows, status))
        for kind in build_types:
            rows.add("SchemaType", schema_id=schema, type_id=_type(rows, kind))


def _add_custom_attributes(rows: SeedRows) -> dict[str, Configuration]:
    """Declare the attributes; one that the reference rows already have is taken as it is."""
    found = {}
    for key, owner, object_type, value_type, hierarchical in CUSTOM_ATTRIBUTES:
        object_type_id = rows.find("ObjectType", name=object_type)["id"] if object_type else None
        try:
            row = rows.find("CustomAttributeConfiguration", key=key, entity_type=owner, object_type_id=object_type_id)
        except LookupError:
            identifier = rows.add(
                "CustomAttributeConfiguration",
                id=seed_id("CustomAttributeConfiguration", f"{owner}/{key}"),
                key=key,
                label=key,
                entity_type=owner,
                object_type_id=object_type_id,
                type_id=rows.find("CustomAttributeType", name=value_type)["id"],
                default={"number": 0, "boolean": False, "text": ""}[value_type],
                is_hierarchical=hierarchical,
                config="{}",
                kind="value",
            )
            row = rows.find("CustomAttributeConfiguration", id=identifier)
        found[key] = Configuration.from_row({"project_id": None, **row}, value_type)
    return found


def _add_tree(rows: SeedRows, users: list[str], configurations: dict[str, Configuration]) -> None:
    project = rows.project("tests", "Tests", SCHEMA_ID, key=PROJECT_ID, creator=USER_ID)
    folder = rows.context("Folder", project, "python_api")
    tasks_folder = rows.context("Folder", folder, "tasks")
    generic = _type(rows, "Generic")
    statuses = [_status(rows, name) for name in TASK_STATUSES]
    task = rows.context("Task", tasks_folder, "t1", key=TASK_ID, type_id=generic, status_id=statuses[0])
    rows.assign(task, USER_ID)
    for number in range(2, 13):
        other = rows.context(
            "Task", tasks_folder, f"t{number}", type_id=generic, status_id=statuses[number % len(statuses)]
        )
        rows.assign(other, users[number])
    sequence = rows.context("Sequence", project, "sq010")
    version_status = _status(rows, "Pending")
    for number in range(1, 5):
        shot = rows.context("Shot", sequence, f"sh{number * 10:03d}", status_id=_status(rows, "Normal"))
        rows.custom_value(configurations["fstart"], shot, 1000 + number)
        comp = rows.context("Task", shot, "comp", type_id=_type(rows, "Compositing"), status_id=statuses[1])
        asset = rows.asset(shot, "comp", rows.find("AssetType", short="upload")["id"])
        for take in range(2):
            version = rows.version(asset, users[take], version_status, task_id=comp, comment=f"take {take + 1}")
            rows.custom_value(configurations["NumberField"], version, 10 * number + take)
    rows.context("AssetBuild", folder, "heron", type_id=_type(rows, "Character"), status_id=_status(rows, "Normal"))
    rows.custom_value(configurations["customNumber"], task, 12)
    rows.add(
        "Timelog",
        id=seed_id("Timelog", "acceptance"),
        user_id=USER_ID,
        context_id=task,
        start=rows.moment(),
        duration=3600.0,
        comment="",
    )
    rows.note(task, "task", "Tests start here.", USER_ID, project_id=project)
    _add_list(rows, project)


def _add_list(rows: SeedRows, project: str) -> None:
    rows.add(
        "TypedContextList",
        id=seed_id("List", "acceptance"),
        name="dailies",
        project_id=project,
        user_id=USER_ID,
        category_id=rows.rows["list_category"][0]["id"],
        date=rows.moment(),
    )
