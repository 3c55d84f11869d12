#!/usr/bin/env python3
"""Runs one of the containers of this folder: stranger.py NAME, with a name of verdicts.json."""
import sys

sys.dont_write_bytecode = True
import as_released  # noqa: E402
import careful  # noqa: E402
import from_document  # noqa: E402

STRANGERS = {
    "samples-literally": from_document.SamplesLiterally,
    "type-after-delimiter": from_document.TypeAfterDelimiter,
    "lengths-of-32-bits": from_document.Lengths32,
    "req-socket": from_document.ReqSocket,
    "document-doubles": from_document.DocumentDoubles,
    "slow-model": careful.SlowModel,
    "slow-start": careful.SlowStart,
    "default-linger": careful.DefaultLinger,
    "default-sigterm": careful.DefaultSigterm,
    "ignores-clipper-ip": careful.IgnoresClipperIp,
    "one-shape": careful.OneShape,
    "mixed-in-flight": careful.MixedInFlight,
    "as-released": as_released.AsReleased,
}

if __name__ == "__main__":
    STRANGERS[sys.argv[1]]().run()
