/* mockclipper encode: messages to frames. */
#include "commands/commands.h"
#include "lines/json_message.h"
#include "lines/line_era.h"
#include "lines/line_filter.h"

static const char *const era_names[] = {"3", "C", "D", "E", "F", NULL};

static const cli_option options[] = {
    {"era", CLI_CHOICE, "ERA", offsetof(line_filter_options, era), .words = era_names,
     .help =
         "version 3, or one of the protocols before it: see 'mockclipper decode --help'. Without it, that "
         "of a line's \"era\", or version 3"},
    {"flat", CLI_FLAG, NULL, offsetof(line_filter_options, line.flat),
     .help = "write {\"flat\":HEX} instead: the message as ZMTP 3 frames it"},
    {"direction", CLI_CHOICE, "DIR", offsetof(line_filter_options, direction), .words = json_direction_names,
     .help = "the direction of lines that name none"},
    MAX_LINE_OPTION,
    {"help", CLI_HELP, .letter = 'h', .help = "this help"},
};

static const cli_part topics[] = {
    {"Input",
     "  {\"direction\":DIR,\"wire\":WIRE,\"message\":{\"kind\":...}}\n"
     "DIR is \"to_container\" or \"to_clipper\". WIRE is \"document\" (as the published guide has it) or "
     "\"release\" (as released Clipper has it); for messages that both write the same way it may also be "
     "\"any\", null, or left out. Unknown keys are ignored, and so are blank lines. The messages are those "
     "of `mockclipper decode`:\n"
     "  heartbeat            version, heartbeat_type (to_container only)\n"
     "  new_container        name, model_version, input_type, rpc_version\n"
     "  prediction_request   version, id, input_type, items\n"
     "  prediction_response  id, data_type, items\n"
     "  feedback_request     version, id, frames\n"
     "version and rpc_version may be null or left out, which means 3; on the document wire a new container "
     "is written without its version. heartbeat_type is \"keep_alive\" or \"send_metadata\"; types are "
     "\"bytes\", \"ints\", \"floats\", \"doubles\" or \"strings\"; a response's data_type may be null or "
     "left out on the release wire, whose items are always strings. id is a number from 0 to 4294967295. "
     "items and frames are arrays of strings of hex digits. name and model_version are strings, or "
     "{\"hex\":HEX} for bytes that are not UTF-8.\n"
     "In earlier eras there is no wire and no version, and \"leniencies\", an array, may have \"wide_id\" "
     "and "
     "\"input_type_tail\": these are written as released containers did.",
     NULL},
    {"Output",
     "  {\"frames\":[HEX,...]}\n"
     "with the empty delimiter first. For a message that cannot be, as of `mockclipper decode`:\n"
     "  {\"ok\":false,\"error\":NAME,...,\"text\":...}\n"
     "For a line that is not such JSON:\n"
     "  {\"ok\":false,\"error\":\"bad_input\",\"text\":...}",
     NULL},
    {0},
};

const cli_command encode_command = {
    .name = "encode",
    .summary = "messages to frames in hex, as JSON lines",
    .usage = (const char *const[]){"[OPTION...] < messages.jsonl > frames.jsonl", NULL},
    .about = "Encodes messages of Clipper's container RPC, version 3 or earlier. Reads one JSON object a "
             "line from "
             "stdin and answers each with one on stdout, in order and at once.",
    .options = options,
    .topics = topics,
    .statuses = (const char *const[]){"every line encoded", "some did not", "the command line is wrong",
                                      "reading, writing or memory failed", NULL},
    .examples =
        (const cli_part[]){
            {"A message:",
             "echo '{\"message\":{\"kind\":\"heartbeat\",\"heartbeat_type\":\"keep_alive\"}}' |\n"
             "    mockclipper encode --direction to_container",
             "{\"frames\":[\"\",\"03000000\",\"02000000\",\"00000000\"]}"},
            {"One as ZMTP frames it:",
             "echo '{\"direction\":\"to_clipper\",\"message\":{\"kind\":\"heartbeat\"}}' |\n"
             "    mockclipper encode --flat",
             "{\"flat\":\"0100000402000000\"}"},
            {0}},
};

int cmd_encode(char **argv) {
    return line_filter_command(&encode_command, json_encode_line, argv);
}
