"""The centralised storage scenario under its old name; sessions and ftrack Connect register it."""

from ftrack_api._location.scenario_activate import SCENARIO_NAME as scenario_name  # noqa: N811 - the old name
from ftrack_api._location.scenario_activate import ActivateCentralizedStorageScenario, register

__all__ = ["ActivateCentralizedStorageScenario", "register", "scenario_name"]
