"""From options by name to the config, and back."""

from collections.abc import Mapping
from typing import Any

from tf_nst.config.network import NetworkConfig
from tf_nst.config.objective import ObjectiveConfig
from tf_nst.config.options import Option, options_of
from tf_nst.config.stylize import StylizeConfig
from tf_nst.errors import UserError, nearest

_CONFIGS = (StylizeConfig, NetworkConfig, ObjectiveConfig)


def all_options() -> dict[str, Option]:
    """{name: option} of a picture, its network and its loss."""
    return {name: item for config in _CONFIGS for name, item in options_of(config).items()}


def option_names() -> tuple[str, ...]:
    """The names that `config_from_options` takes."""
    return tuple(all_options())


def config_from_options(options: Mapping[str, Any], others: tuple[str, ...] = ()) -> StylizeConfig:
    """The config of options by name; lists as text, or as lists of texts, numbers or Weighted.

    Args:
      options: {name: value}.
      others: names that the caller takes beside them, for messages.

    Raises:
      UserError: an unknown name, or a value of the wrong type or out of its range.
    """
    for name in options:
        if name not in option_names():
            names = [*option_names(), *others]
            known = ", ".join(names) + nearest(name, names)
            raise UserError(f"{name}: no such option, expected one of {known}")
    if "steps" in options and options.get("seconds") is not None:
        raise UserError(
            f"--seconds and --steps: expected one of them, received {options['seconds']!r} and "
            f"{options['steps']!r}"
        )
    picture, network, objective = (
        {name: options[name] for name in options_of(config) if name in options}
        for config in _CONFIGS
    )
    return StylizeConfig(NetworkConfig(**network), ObjectiveConfig(**objective), **picture)


def options_from_config(config: StylizeConfig) -> dict[str, object]:
    """The inverse of `config_from_options`: numbers, and lists as text, as a flag file has them.

    If `seconds` takes the place of `steps`, these are left out.
    """
    options = {
        name: item.plain(getattr(part, name))
        for part in (config, config.network_config, config.objective)
        for name, item in options_of(part).items()
    }
    if config.seconds is not None:
        del options["steps"]
    return options
