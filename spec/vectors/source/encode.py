"""Messages to be written, and those that cannot be."""
from .build import *

V = Vectors()
encodes, refuses = V.encodes, V.refuses
NEW = new_container(b"model", b"10", "floats", 3)

encodes("encode-heartbeat", "A container's heartbeat is the same on both wires.", OUT, "document", heartbeat_out(),
        "HB-1", [EMPTY, HEARTBEAT])
encodes("encode-keep-alive", "A keep-alive is the same on both wires.", IN, "release", heartbeat_in("keep_alive"),
        "HB-2", [EMPTY, TAG, HEARTBEAT, u32(0)])
encodes("encode-send-metadata", "A request for metadata.", IN, "document", heartbeat_in("send_metadata"), "HB-2",
        [EMPTY, TAG, HEARTBEAT, u32(1)])
encodes("encode-new-container-document", "On the document's wire there is no version frame, whatever the message says.",
        OUT, "document", NEW, "REG-4 REG-10", [EMPTY, NEW_CONTAINER, b"model", b"10", b"2"])
encodes("encode-new-container-release", "On the release's wire there is one, and the input type is one byte.", OUT,
        "release", NEW, "REG-4 REG-8 REG-9", [EMPTY, NEW_CONTAINER, b"model", b"10", b"2", u32(3)])
encodes("encode-new-container-no-version", "A version that is not given is 3.", OUT, "release",
        new_container(b"model", b"1", "bytes", None), "REG-9", [EMPTY, NEW_CONTAINER, b"model", b"1", b"0", u32(3)])
encodes("encode-name-not-utf8", "A name that is not UTF-8 is given in hex and written as it is.", OUT, "document",
        new_container(b"m\xff\0", b"1", "strings", None), "REG-5 COD-10",
        [EMPTY, NEW_CONTAINER, b"m\xff\0", b"1", b"4"])
encodes("encode-request", "A request of two doubles and an empty item.", IN, "document",
        request(0xFFFFFFFF, "doubles", [doubles(0.5, -0.5), b""]), "PRED-1 PRED-2 PRED-3",
        [EMPTY, TAG, CONTENT, u32(0xFFFFFFFF), PREDICTION, u64(32), words(3, 2, 16, 0), doubles(0.5, -0.5), b""])
encodes("encode-request-none", "A request of no items.", IN, "release", request(0, "bytes", []), "PRED-23",
        [EMPTY, TAG, CONTENT, u32(0), PREDICTION, u64(16), words(0, 0)])
encodes("encode-response-document", "A typed response.", OUT, "document", response(7, "ints", [ints(1), ints(2, 3)]),
        "PRED-5 PRED-8", [EMPTY, CONTENT, u32(7), u64(32), words(1, 2, 4, 8), ints(1), ints(2, 3)])
encodes("encode-response-release", "An untyped response.", OUT, "release", response(7, None, [b"one", b""]),
        "PRED-5 PRED-9", [EMPTY, CONTENT, u32(7), u64(24), words(2, 3, 0), b"one", b""])
encodes("encode-response-release-strings", "On the release's wire strings may be named; they are not written.", OUT,
        "release", response(7, "strings", [b"one"]), "PRED-9 PRED-16",
        [EMPTY, CONTENT, u32(7), u64(16), words(1, 3), b"one"])
encodes("encode-response-release-none", "An untyped response of no outputs.", OUT, "release", response(7, None, []),
        "PRED-9 PRED-23", [EMPTY, CONTENT, u32(7), u64(8), words(0)])
encodes("encode-feedback", "A feedback request.", IN, "release", feedback(9, [b"a", b""]), "FBK-1",
        [EMPTY, TAG, CONTENT, u32(9), FEEDBACK, b"a", b""])

refuses("encode-new-container-inbound", "A new container does not go to a container.", IN, "release", NEW,
        "COD-9 MAL-15", "bad_message")
refuses("encode-request-outbound", "A request does not go to Clipper.", OUT, "release", request(1, "bytes", [b"x"]),
        "COD-9", "bad_message")
refuses("encode-feedback-outbound", "A feedback request does not go to Clipper.", OUT, "release", feedback(1, [b"x"]),
        "COD-9", "bad_message")
refuses("encode-response-inbound", "A response does not go to a container.", IN, "release", response(1, None, [b"x"]),
        "COD-9", "bad_message")
refuses("encode-heartbeat-version-4", "A heartbeat of another version.", IN, "release",
        dict(heartbeat_in("keep_alive"), version=4), "COD-9 VER-1", "version_mismatch")
refuses("encode-request-version-2", "A request of another version.", IN, "document",
        dict(request(1, "bytes", [b"x"]), version=2), "COD-9 VER-1", "version_mismatch")
refuses("encode-new-container-version-4", "A new container of another version.", OUT, "release",
        new_container(b"model", b"1", "bytes", 4), "COD-9 REG-9", "version_mismatch")
refuses("encode-response-document-untyped", "The document's wire has a place for a type, and none is given.", OUT,
        "document", response(1, None, [b"x"]), "COD-9 PRED-17", "unknown_data_type")
refuses("encode-response-release-typed", "The release's wire has no place for a type: doubles would come out as "
        "strings.", OUT, "release", response(1, "doubles", [doubles(1)]), "COD-9 PRED-9 PRED-16", "unknown_data_type")
refuses("encode-request-width", "A request's item that is no whole number of doubles.", IN, "release",
        request(1, "doubles", [doubles(1), b"1234567"]), "COD-9 MAL-8", "item_width")
refuses("encode-response-width", "A response's item that is no whole number of ints.", OUT, "document",
        response(1, "ints", [b"12345"]), "COD-9", "item_width")
