"""The demonstration data: one small production with people, shots, tasks, versions and notes."""

from __future__ import annotations

from ftrack_server.storage.seed_rows import SeedRows, seed_id

PROJECT_SCHEMA = "VFX"
PEOPLE = (
    ("ada", "Ada", "Okafor", "Administrator"),
    ("bruno", "Bruno", "Lind", "Project Manager"),
    ("chiara", "Chiara", "Moretti", "User"),
    ("deniz", "Deniz", "Aydin", "User"),
    ("emil", "Emil", "Novak", "User"),
    ("farah", "Farah", "Haddad", "User"),
)
EPISODES = {
    "ep01": {"The Harbour": ("sh010", "sh020", "sh030"), "The Lighthouse": ("sh010", "sh020", "sh030")},
    "ep02": {"The Crossing": ("sh010", "sh020", "sh030"), "The Storm": ("sh010", "sh020", "sh030")},
}
SHOT_TASKS = (("animation", "Animation"), ("lighting", "Lighting"), ("comp", "Compositing"))
ASSETS = (("heron", "Character"), ("rowing boat", "Prop"))
ASSET_TASKS = (("modeling", "Modeling"), ("rigging", "Rigging"))
TASK_STATUSES = ("Not started", "Ready to start", "In progress", "Pending Review", "Approved")
SHOT_STATUSES = ("Not started", "In progress", "Completed")


def add_demo(rows: SeedRows) -> str:
    """Add the production and return the username of its administrator."""
    people = [rows.user(username, first, last, role=role) for username, first, last, role in PEOPLE]
    group = rows.add("Group", id=seed_id("Group", "Artists"), name="Artists", local=True)
    for person in people[2:]:
        rows.add("Membership", id=seed_id("Membership", person), group_id=group, user_id=person)
    schema = rows.find("ProjectSchema", name=PROJECT_SCHEMA)["id"]
    project = rows.project("night_heron", "Night Heron", schema, creator=people[0])
    _add_assets(rows, project, people)
    number = 0
    for episode_name, sequences in EPISODES.items():
        episode = rows.context("Episode", project, episode_name, status_id=_status(rows, "Not started"))
        for sequence_name, shots in sequences.items():
            sequence = rows.context("Sequence", episode, sequence_name)
            for shot_name in shots:
                _add_shot(rows, sequence, shot_name, number, people)
                number += 1
    return PEOPLE[0][0]


def _status(rows: SeedRows, name: str) -> str:
    return str(rows.find("Status", name=name)["id"])


def _type(rows: SeedRows, name: str) -> str:
    return str(rows.find("Type", name=name)["id"])


def _add_task(rows: SeedRows, parent: str, name: str, kind: str, number: int, assignee: str) -> str:
    task = rows.context(
        "Task",
        parent,
        name,
        type_id=_type(rows, kind),
        status_id=_status(rows, TASK_STATUSES[number % len(TASK_STATUSES)]),
        bid=3600.0 * (4 + number % 5 * 4),
    )
    rows.assign(task, assignee)
    return task


def _add_assets(rows: SeedRows, project: str, people: list[str]) -> None:
    folder = rows.context("Folder", project, "assets")
    for number, (name, kind) in enumerate(ASSETS):
        build = rows.context(
            "AssetBuild", folder, name, type_id=_type(rows, kind), status_id=_status(rows, "In progress")
        )
        for offset, (task_name, task_kind) in enumerate(ASSET_TASKS):
            _add_task(rows, build, task_name, task_kind, number + offset, people[2 + offset])


def _add_shot(rows: SeedRows, sequence: str, name: str, number: int, people: list[str]) -> None:
    shot = rows.context(
        "Shot",
        sequence,
        name,
        status_id=_status(rows, SHOT_STATUSES[number % len(SHOT_STATUSES)]),
        sort=float(number),
    )
    project = rows.find("Shot", id=shot)["project_id"]
    tasks = [
        _add_task(rows, shot, task_name, kind, number + offset, people[2 + (number + offset) % 4])
        for offset, (task_name, kind) in enumerate(SHOT_TASKS)
    ]
    artist = people[2 + number % 4]
    asset = rows.asset(shot, "comp", rows.find("AssetType", short="img")["id"])
    for take in range(1 + number % 3):
        version = rows.version(
            asset, artist, _status(rows, "Pending Review"), task_id=tasks[-1], comment=f"take {take + 1}"
        )
        if take:
            rows.note(version, "asset_version", "The horizon still flickers.", people[1], project_id=project)
    if number % 4 == 0:
        rows.note(tasks[0], "task", "Reference is in the shared folder.", people[1], project_id=project)
        rows.add(
            "Timelog",
            id=seed_id("Timelog", tasks[0]),
            user_id=artist,
            context_id=tasks[0],
            start=rows.moment(),
            duration=5400.0,
            comment="blocking",
        )
