"""The centralised storage scenario under its old name; sessions and ftrack Connect register it."""

from ftrack_api._location.scenario_activate import SCENARIO_NAME as scenario_name  # noqa: N811 - the old name
from ftrack_api._location.scenario_activate import ActivateCentralizedStorageScenario, register
from ftrack_api._location.scenario_configure import ConfigureCentralizedStorageScenario, register_configuration

__all__ = [
    "ActivateCentralizedStorageScenario",
    "ConfigureCentralizedStorageScenario",
    "register",
    "register_configuration",
    "scenario_name",
]

# Shown, logged and documented under their public home.
for _class in (ActivateCentralizedStorageScenario, ConfigureCentralizedStorageScenario):
    _class.__module__ = __name__
del _class
