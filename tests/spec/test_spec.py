#!/usr/bin/env python3
"""Tests of spec/: requirements, specification and test vectors agree with each other and with the codec's header.

Prints TAP. No tool but Python is needed; where there is a C compiler the vectors are also compiled as C.
"""
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
from tap import Skip, empty, main, output_of, test  # noqa: E402
import reference  # noqa: E402
import reference_eras  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPEC = ROOT / "spec"
HEADER = (ROOT / "codec/include/clipper/codec.h").read_text(encoding="utf-8")
TEXT = (SPEC / "clipper-rpc.md").read_text(encoding="utf-8")
REQUIREMENTS = json.loads((SPEC / "requirements.json").read_text(encoding="utf-8"))
IDS = [r["id"] for r in REQUIREMENTS]
VECTORS = [v for path in sorted((SPEC / "vectors").glob("*.json")) for v in json.loads(path.read_text("utf-8"))]
ERAS = [v for path in sorted((SPEC / "vectors/eras").glob("*.json")) for v in json.loads(path.read_text("utf-8"))]
DECODES = [v for v in VECTORS if "encode" not in v]
GOOD = [v for v in DECODES if "error" not in v["expect"]]
KINDS = {"heartbeat", "new_container", "prediction_request", "prediction_response", "feedback_request"}
# Of what binds the codec: properties of all messages, which no single vector can show.
PROPERTIES = {"COD-3", "COD-8", "LIM-1", "ERA-13", "ERA-14", "ERA-15"}


def listed(macro):
    """The lower-case names in one of the header's X-macros, with the comments that stand before them."""
    body = re.search(r"#define %s\(X\)(.*?)\n\n" % macro, HEADER, re.S).group(1)
    comment, names = "", []
    for found in re.finditer(r"/\*(.*?)\*/|X\((?:\d+, )?\w+, (\w+)", body, re.S):
        if found.group(2):
            names.append((found.group(2), comment))
        else:
            comment = found.group(1)
    return names


def wire_errors():
    """What decoding and splitting can find: all but the caller's own mistakes."""
    return [name for name, comment in listed("CLIPPER_ERRORS") if name != "ok" and "caller" not in comment]


def frames_of(vector):
    if "flat" in vector:
        return reference.split(bytes.fromhex(vector["flat"]), vector.get("limits"))
    return [bytes.fromhex(f) for f in vector["frames"]]


def decode(vector, frames=None):
    """What the reference decoder makes of a vector, in the form of its "expect"."""
    try:
        frames = frames_of(vector) if frames is None else frames
        rest = vector["direction"], frames, vector.get("strict", False), vector.get("limits")
        return reference_eras.decode(vector["era"], *rest) if "era" in vector else reference.decode(*rest)
    except reference.Wrong as wrong:
        return wrong.diagnosis


def run(*command):
    return output_of([sys.executable, "-B", *map(str, command)])


# ---- Requirements


@test
def requirements_are_well_formed():
    for r in REQUIREMENTS:
        assert set(r) - {"no_scenario", "unsent", "released_breach"} == {"id", "level", "binds", "profile", "source",
                                                                         "text"}, r["id"]
        assert re.fullmatch(r"[A-Z]+-[1-9][0-9]*", r["id"]), r["id"]
        assert r["level"] in ("MUST", "SHOULD", "MAY"), r["id"]
        assert r["binds"] and set(r["binds"]) <= {"container", "clipper", "codec"}, r["id"]
        assert r["profile"] in ("both", "document", "release"), r["id"]
        assert set(r["source"]) == {"kind", "ref"} and r["source"]["ref"], r["id"]
        assert r["source"]["kind"] in ("document", "release", "robustness", "ours"), r["id"]
        assert re.fullmatch(r"\S.*(\.|\.\))", r["text"]), "not a sentence: " + r["id"]


@test
def requirement_ids_are_unique_and_in_order():
    empty({i for i in IDS if IDS.count(i) > 1}, "twice")
    for area in {i.split("-")[0] for i in IDS}:
        numbers = [int(i.split("-")[1]) for i in IDS if i.split("-")[0] == area]
        assert numbers == sorted(numbers), area


@test
def robustness_never_fails_a_container():
    """Beyond its sources the kit only warns."""
    empty([r["id"] for r in REQUIREMENTS if r["source"]["kind"] == "robustness" and r["level"] == "MUST"], "MUST")


@test
def requirements_beyond_scenarios_say_why():
    empty([r["id"] for r in REQUIREMENTS if "container" not in r["binds"] and not r.get("no_scenario")], "no reason")


# ---- The specification


@test
def specification_is_up_to_date():
    run(SPEC / "generate.py", "--check")


@test
def specification_has_every_requirement_once():
    stated = re.findall(r'^- <a id="([a-z]+-\d+)"></a>\*\*([A-Z]+-\d+)\*\*', TEXT, re.M)
    assert sorted(i for _, i in stated) == sorted(IDS)
    empty([i for anchor, i in stated if anchor != i.lower()], "wrong anchor")


@test
def specification_names_no_unknown_requirement():
    areas = "|".join({i.split("-")[0] for i in IDS})
    empty(set(re.findall(r"\b(?:%s)-\d+\b" % areas, TEXT)) - set(IDS), "unknown")


@test
def links_lead_somewhere():
    for path in (SPEC / "clipper-rpc.md", SPEC / "vectors/README.md"):
        for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8").replace("\n", " ")):
            if target.startswith("https://"):
                continue
            file, _, anchor = target.partition("#")
            file = (path.parent / file) if file else path
            assert file.exists(), target
            if anchor:
                assert anchor in anchors(file.read_text(encoding="utf-8")), target


def anchors(text):
    """The anchors of a text, as GitHub makes them."""
    found = set(re.findall(r'<a id="([^"]+)">', text))
    for heading in re.findall(r"^#+ (.*)$", text, re.M):
        found.add(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"))
    return found


@test
def specification_explains_every_error():
    empty([name for name in wire_errors() if "`%s`" % name not in TEXT], "not explained")


@test
def specification_names_every_field():
    empty([name for name, _ in listed("CLIPPER_FIELDS") if "`%s`" % name not in TEXT], "not named")


@test
def specification_gives_every_error_its_fields():
    """The rows of the tables of errors: `error` | when | fields | expected, actual."""
    rows = dict.fromkeys(wire_errors(), "")
    for error, fields in re.findall(r"^\| `(\w+)` \| [^|]* \| ([^|]*) \| [^|]* \|$", TEXT, re.M):
        if error in rows:
            rows[error] += fields
    for v in DECODES + [v for v in ERAS if "encode" not in v]:
        error, field = v["expect"].get("error"), v["expect"].get("field")
        if error and error not in ("truncated", "wrong_width"):
            assert "`%s`" % field in rows[error], "%s: %s at %s" % (v["id"], error, field)


# ---- The vectors


@test
def vectors_are_up_to_date():
    run(SPEC / "vectors/generate.py", "--check")


@test
def vectors_are_well_formed():
    fields = {name for name, _ in listed("CLIPPER_FIELDS")}
    for v in VECTORS + ERAS:
        inputs = [k for k in ("frames", "flat", "encode") if k in v]
        allowed = {"id", "description", "direction", "strict", "limits", "requirements", "expect", *inputs}
        if v in ERAS:
            allowed.add("era")
            assert v["id"].startswith("era-%s-" % v["era"].lower()), v["id"]
        assert len(inputs) == 1 and set(v) <= allowed, v["id"]
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", v["id"]), v["id"]
        assert v["description"].endswith(".") and v["requirements"], v["id"]
        assert v.get("direction", v.get("encode", {}).get("direction")) in ("to_container", "to_clipper"), v["id"]
        assert set(v.get("limits", reference.DEFAULT_LIMITS)) == set(reference.DEFAULT_LIMITS), v["id"]
        expect = v["expect"]
        if "encode" in v:
            assert set(expect) in ({"frames"}, {"error"}), v["id"]
        elif "error" in expect:
            assert set(expect) - {"item"} == {"error", "frame", "field", "offset", "expected", "actual"}, v["id"]
            assert expect["field"] in fields, v["id"]
            assert ("item" in expect) == (expect["field"] in ("item", "item_size", "feedback")), v["id"]
        else:
            assert set(expect) == {"wire", "leniencies", "message"}, v["id"]


@test
def vector_ids_are_unique():
    ids = [v["id"] for v in VECTORS + ERAS]
    empty({i for i in ids if ids.count(i) > 1}, "twice")


@test
def there_are_enough_vectors():
    invalid = [v for v in VECTORS if "error" in v["expect"]]
    assert len(VECTORS) >= 120, len(VECTORS)
    assert 2 * len(invalid) >= len(VECTORS), "%d of %d are invalid" % (len(invalid), len(VECTORS))


@test
def vectors_name_known_requirements():
    empty([(v["id"], r) for v in VECTORS + ERAS for r in v["requirements"] if r not in IDS], "unknown")


@test
def every_requirement_of_the_codec_has_a_vector():
    shown = {r for v in VECTORS + ERAS for r in v["requirements"]}
    bound = {r["id"] for r in REQUIREMENTS if "codec" in r["binds"]}
    empty(sorted(bound - shown - PROPERTIES), "no vector")
    empty(sorted(PROPERTIES & shown), "has a vector after all")


@test
def every_error_has_a_vector():
    shown = {v["expect"].get("error") for v in DECODES + ERAS}
    empty(set(wire_errors()) - shown, "no vector")


@test
def every_field_has_a_vector():
    shown = {v["expect"].get("field") for v in DECODES + ERAS}
    empty({name for name, _ in listed("CLIPPER_FIELDS")} - shown, "no vector")


@test
def every_frame_of_every_message_is_cut_off_once():
    shown = {(v["direction"], v["expect"]["frame"], v["expect"]["field"]) for v in DECODES
             if v["expect"].get("error") == "truncated"}
    inbound = ["version", "message_type", "id", "request_type", "metadata_length", "metadata", "item"]
    wanted = {("to_container", i, f) for i, f in enumerate(inbound, 1)} | {("to_container", 3, "heartbeat_type")}
    outbound = ["message_type", "id", "metadata_length", "metadata", "item"]
    wanted |= {("to_clipper", i, f) for i, f in enumerate(outbound, 1)}
    wanted |= {("to_clipper", i, f) for i, f in enumerate(["name", "model_version", "input_type"], 2)}
    empty(wanted - shown, "not cut")


@test
def every_fixed_width_is_wrong_once():
    shown = {(v["direction"], v["expect"]["field"]) for v in DECODES if v["expect"].get("error") == "wrong_width"}
    inbound = ("version", "message_type", "heartbeat_type", "id", "request_type", "metadata_length")
    wanted = {("to_container", f) for f in inbound}
    wanted |= {("to_clipper", f) for f in ("message_type", "id", "metadata_length", "rpc_version")}
    empty(wanted - shown, "never wrong")


@test
def every_kind_wire_type_and_leniency_has_a_vector():
    shown = set()
    for v in GOOD:
        message, wire = v["expect"]["message"], v["expect"]["wire"]
        shown.add((message["kind"], v["direction"], wire, message.get("input_type", message.get("data_type"))))
    wanted = {("heartbeat", d, "any", None) for d in ("to_container", "to_clipper")}
    wanted.add(("feedback_request", "to_container", "any", None))
    wanted.add(("prediction_response", "to_clipper", "release", None))
    for type in reference.TYPES:
        wanted.add(("prediction_request", "to_container", "any", type))
        wanted.add(("prediction_response", "to_clipper", "document", type))
        wanted |= {("new_container", "to_clipper", wire, type) for wire in ("document", "release")}
    empty(wanted - shown, "no vector")
    assert {name for v in GOOD for name in v["expect"]["leniencies"]} == {"wide_version", "input_type_tail"}
    assert {v["encode"]["message"]["kind"] for v in VECTORS if "encode" in v} == KINDS


@test
def reference_decoder_agrees_with_every_vector():
    for v in DECODES:
        found = decode(v)
        assert found == v["expect"], "%s: the decoder finds %s" % (v["id"], json.dumps(found))


@test
def every_message_and_error_of_every_era_has_a_vector():
    """But for what an era has not: heartbeats, lengths, texts as outputs."""
    old = [name for name, comment in listed("CLIPPER_ERRORS") if "eras" in comment and "caller" not in comment]
    common = {"empty_message", "truncated", "extra_frame", "no_delimiter", "wrong_width", "unknown_request_type",
              "unknown_data_type", "bad_input_type", "metadata_size", "item_count", "item_width", "text_too_long",
              "too_many_items", "item_too_large", "message_too_large", *old}
    typed = {"unknown_message_type", "illegal_new_container", "unknown_heartbeat_type"}
    for era in "CDEF":
        mine = [v for v in ERAS if v["era"] == era]
        shown = {v["expect"]["error"] for v in mine if "error" in v["expect"] and "encode" not in v}
        wanted = common - ({"id_too_large"} if era == "C" else set()) | (typed if era in "EF" else set())
        wanted |= {"metadata_length"} if era != "C" else set()
        empty(sorted(wanted - shown), "era %s: no vector" % era)
        for form in (lambda v: v["expect"].get("message"),
                     lambda v: "frames" in v["expect"] and v["encode"]["message"]):
            kinds = {form(v)["kind"] for v in mine if form(v)}
            assert kinds == KINDS - ({"heartbeat"} if era in "CD" else set()), (era, kinds)
        assert {t for v in mine for t in [v["expect"].get("message",
                                                          {}).get("input_type")] if t} == set(reference.TYPES)
    shown = {n for v in ERAS for n in v["expect"].get("leniencies", ())}
    assert shown == {"wide_id", "input_type_tail", "string_ends"}, shown


@test
def reference_decoder_agrees_with_every_vector_of_the_eras():
    for v in ERAS:
        if "encode" not in v:
            found = decode(v)
            assert found == v["expect"], "%s: the decoder finds %s" % (v["id"], json.dumps(found))


@test
def encoded_messages_of_the_eras_decode_to_themselves():
    for v in ERAS:
        if "encode" in v and "error" not in v["expect"]:
            frames = [bytes.fromhex(f) for f in v["expect"]["frames"]]
            wanted = dict(v["encode"]["message"])
            if wanted["kind"] == "prediction_response":
                wanted["data_type"] = wanted["data_type"] or "strings"
            found = reference_eras.decode(v["era"], v["encode"]["direction"], frames)
            assert found == reference.result(wanted), v["id"]


@test
def the_reference_decoder_reads_recorded_messages():
    for path in sorted((ROOT / "tests/data/captures/eras").glob("era-*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            found = reference_eras.decode(row["era"], row["direction"],
                                          [bytes.fromhex(f) for f in row["frames"]])["message"]
            for key, value in row.get("truth", {}).items():
                assert found[key] == value, (path.name, row["what"], key)


@test
def prefixes_fail_at_their_end():
    """But for the three that are whole messages of the other wire (section 5), and feedback, which may end anywhere."""
    whole = set()
    for v in GOOD:
        frames = frames_of(v)
        for count in range(len(frames)):
            found = decode(v, frames[:count])
            if "error" in found:
                assert found["error"] == ("truncated" if count else "empty_message"), (v["id"], count)
                assert found["frame"] == count and found["actual"] in (count, 0), (v["id"], count)
            elif found["message"]["kind"] != "feedback_request":
                assert {v["expect"]["wire"], found["wire"]} == {"document", "release"}, (v["id"], count)
                items = [len(i) // 2 for i in found["message"].get("items", [])]
                whole.add((found["message"]["kind"], tuple(items)))
    assert whole == {("new_container", ()), ("prediction_response", ()), ("prediction_response", (3, 3, 3))}, whole


@test
def encoded_messages_decode_to_themselves():
    for v in VECTORS:
        if "encode" not in v or "error" in v["expect"]:
            continue
        wanted = v["encode"]["message"]
        found = reference.decode(v["encode"]["direction"], [bytes.fromhex(f) for f in v["expect"]["frames"]])
        # What the wire has no place for is not found again.
        release = v["encode"]["wire"] == "release"
        if wanted["kind"] == "new_container":
            wanted = dict(wanted, rpc_version=3 if release else None)
        elif wanted["kind"] == "prediction_response" and release:
            wanted = dict(wanted, data_type=None)
        assert found["message"] == wanted and found["wire"] in ("any", v["encode"]["wire"]), v["id"]
        assert not found["leniencies"], v["id"]


@test
def vectors_compile_as_c():
    compiler = shutil.which(os.environ.get("CC", "cc").split()[0])
    if not compiler:
        raise Skip("no C compiler")
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "vectors.c"
        source.write_text(run(SPEC / "vectors/to_c.py"), encoding="utf-8")
        output_of([compiler, "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-fsyntax-only",
                   "-Icodec/include", "-Itests/codec", str(source)])


main()
