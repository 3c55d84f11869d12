/* mockclipper encode: messages to frames. */
#include "cli/cli.h"
#include "commands/commands.h"
#include "lines/line_filter.h"

static const char help[] =
    "Usage: mockclipper encode [OPTION...] < messages.jsonl > frames.jsonl\n"
    "\n"
    "Encodes messages of Clipper's container RPC, version 3. Reads one JSON object a line\n"
    "from stdin and answers each with one on stdout, in order and at once.\n"
    "\n"
    "Input\n"
    "  {\"direction\":DIR,\"wire\":WIRE,\"message\":{\"kind\":...}}\n"
    "  DIR is \"to_container\" or \"to_clipper\". WIRE is \"document\" (as the published guide has\n"
    "  it) or \"release\" (as released Clipper has it); for messages that both write the same\n"
    "  way it may also be \"any\", null, or left out. Unknown keys are ignored. The messages are\n"
    "  those of 'mockclipper decode':\n"
    "    heartbeat            version, heartbeat_type (to_container only)\n"
    "    new_container        name, model_version, input_type, rpc_version\n"
    "    prediction_request   version, id, input_type, items\n"
    "    prediction_response  id, data_type, items\n"
    "    feedback_request     version, id, frames\n"
    "  version and rpc_version may be null or left out, which means 3; on the document wire a\n"
    "  new container is written without its version. heartbeat_type is \"keep_alive\" or\n"
    "  \"send_metadata\"; types are \"bytes\", \"ints\", \"floats\", \"doubles\" or \"strings\"; a\n"
    "  response's data_type may be null or left out on the release wire, whose items are always\n"
    "  strings. id is a number from 0 to 4294967295. items and frames are arrays of strings of\n"
    "  hex digits. name and model_version are strings, or {\"hex\":HEX} for bytes that are not\n"
    "  UTF-8.\n"
    "\n"
    "Output\n"
    "  {\"frames\":[HEX,...]}, the empty delimiter first.\n"
    "  A message that cannot be: {\"ok\":false,\"error\":NAME,...,\"text\":...}, as of 'mockclipper\n"
    "  decode'. A line that is not such JSON: {\"ok\":false,\"error\":\"bad_input\",\"text\":...}\n"
    "\n"
    "Options\n"
    "      --flat           write {\"flat\":HEX} instead: the message as ZMTP 3 frames it\n"
    "      --direction DIR  the direction of lines that name none\n"
    "  -h, --help           this help\n"
    "\n"
    "Examples\n"
    "  $ echo '{\"direction\":\"to_container\",\"message\":{\"kind\":\"heartbeat\",\"heartbeat_type\":"
    "\"keep_alive\"}}' | mockclipper encode\n"
    "  {\"frames\":[\"\",\"03000000\",\"02000000\",\"00000000\"]}\n"
    "\n"
    "  $ echo '{\"wire\":\"release\",\"message\":{\"kind\":\"prediction_response\",\"id\":7,\"items\":"
    "[\"3432\"]}}' | mockclipper encode --direction to_clipper --flat\n"
    "  "
    "{\"flat\":"
    "\"01000104010000000104070000000108100000000000000001100100000000000000020000000000000000023432\"}\n"
    "\n"
    "Exit status\n"
    "  0  every line encoded\n"
    "  1  some did not\n"
    "  2  the command line is wrong\n"
    "  3  reading, writing or memory failed\n";

enum option_value {
    OPTION_FLAT = 256,
    OPTION_DIRECTION
};

static const struct option longs[] = {
    {"flat", no_argument, NULL, OPTION_FLAT},
    {"direction", required_argument, NULL, OPTION_DIRECTION},
    {"help", no_argument, NULL, 'h'},
    {0},
};

int cmd_encode(int argc, char **argv) {
    json_line_options options = {.codec = clipper_default_options()};
    int option;
    while ((option = cli_option("encode", argc, argv, "h", longs)) != -1) {
        if (option == 'h')
            return cli_print_help(help);
        if (option == '?')
            return CLI_USAGE;
        if (option == OPTION_FLAT)
            options.flat = true;
        else if (option == OPTION_DIRECTION && !line_filter_direction("encode", optarg, &options))
            return CLI_USAGE;
    }
    if (!cli_no_arguments("encode", argc, argv))
        return CLI_USAGE;
    return line_filter("encode", json_encode_line, &options);
}
