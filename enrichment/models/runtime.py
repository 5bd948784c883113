"""Imports ONNX Runtime with its telemetry switched off.

Its official builds (1.29 and later, on Linux too) report to their maker what models are run, where and for
how long, and keep an identifier of the machine in the user's folder, unless `ORT_DISABLE_TELEMETRY` is set
before they start: see "Add POSIX telemetry" (onnxruntime #27379). Nothing may leave from here that nobody
asked for, so it is always set.
"""

import os
from types import ModuleType

NO_TELEMETRY = {"ORT_DISABLE_TELEMETRY": "1"}


def runtime() -> ModuleType:
    """Return the module `onnxruntime`; it is not to be imported in any other way."""
    os.environ.update(NO_TELEMETRY)
    import onnxruntime

    found: ModuleType = onnxruntime
    return found
