"""The start of OpenVINO, without its converter."""

import sys
from types import ModuleType
from typing import Any, cast


def load() -> ModuleType:
    """Import OpenVINO.

    Its converter of models, which nothing here needs, would be imported with it, write into the
    user's home and report every start to OpenVINO's makers, unless the user had objected before.
    """
    # Python takes such an entry for a module that is not there.
    cast(dict[str, Any], sys.modules).setdefault("openvino.tools.ovc", None)
    import openvino

    return openvino
