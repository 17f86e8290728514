"""The one exception of this package that a caller can mend."""

from __future__ import annotations

import re

# Fields of the library's option structs, where this package's functions have another name.
_KEYWORDS = {
    "calibration.folder": "calibration_folder",
    "calibration.images": "images",
    "calibration.labels": "labels",
    "combining.policy": "policy",
    "data.name": "dataset",
    "data.root": "dataset_root",
    "grouping.alpha": "alpha",
    "import.input_height": "input_size",
    "import.input_width": "input_size",
    "import.mean": "mean",
    "import.std": "std",
    "node": "scale_nm",
    "objectives": "minimize",
    "quantization.pooling_fraction_bits": "pooling_fraction_bits",
    "search_seconds": "seconds",
    "voltage": "scale_volt",
}


class UserError(ValueError):
    """A mistake of the caller, or a fact of the outside world that the caller can act on.

    Attributes (texts, empty where there is nothing to say):
        file: the file that is wrong.
        field: what is wrong in it, or the argument that is.
        value: what was found.
        rule: what must hold.
        usage: whether an argument is wrong, rather than a file or the world.
    """

    def __init__(
        self,
        rule: str,
        *,
        file: str = "",
        field: str = "",
        value: str = "",
        usage: bool = False,
        where: str = "",
    ) -> None:
        self.file, self.field, self.value, self.rule, self.usage = file, field, value, rule, usage
        self.where = where or file
        text = ": ".join(part for part in (self.where, field) if part)
        if value:
            text += (" is " if field else ": " if text else "") + f"'{value}'"
        super().__init__(": ".join(part for part in (text, rule) if part))

    @classmethod
    def of_argument(cls, field: str, value: object, rule: str) -> UserError:
        """The error of an argument: its name, its value and the rule it breaks."""
        return cls(rule, field=field, value=str(value), usage=True)

    @classmethod
    def of_parts(cls, where: str, field: str, value: str, rule: str, usage: bool) -> UserError:
        """The library's error; fields of its options become names of arguments."""
        if not usage:
            return cls(rule, file=where, field=field, value=value)
        rule = re.sub(r"`([^`]*)`", lambda found: _KEYWORDS.get(found[1], found[1]), rule)
        return cls(rule, where=where, field=_KEYWORDS.get(field, field), value=value, usage=True)

    def __reduce__(self):
        state = (self.rule, self.file, self.field, self.value, self.usage, self.where)
        return _rebuild, state


def _rebuild(rule: str, file: str, field: str, value: str, usage: bool, where: str) -> UserError:
    return UserError(rule, file=file, field=field, value=value, usage=usage, where=where)
