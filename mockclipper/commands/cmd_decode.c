/* mockclipper decode: frames to messages. */
#include "cli/cli.h"
#include "commands/commands.h"
#include "lines/line_filter.h"

#include <stdlib.h>

static const char help[] =
    "Usage: mockclipper decode [OPTION...] < frames.jsonl > messages.jsonl\n"
    "\n"
    "Decodes messages of Clipper's container RPC, version 3. Reads one JSON object a line\n"
    "from stdin and answers each with one on stdout, in order and at once.\n"
    "\n"
    "Input\n"
    "  {\"direction\":DIR,\"frames\":[HEX,...]}\n"
    "  DIR is \"to_container\" or \"to_clipper\". The first frame is the empty delimiter; the\n"
    "  routing identity that a ROUTER socket puts before it does not belong to the message.\n"
    "  HEX is hex digits, in either case. Unknown keys are ignored.\n"
    "\n"
    "Output\n"
    "  {\"ok\":true,\"wire\":WIRE,\"leniencies\":[...],\"message\":{\"kind\":...}}\n"
    "  WIRE is \"document\" (as the published guide has it), \"release\" (as released Clipper has\n"
    "  it) or \"any\" (both write this message the same way). Leniencies are departures that\n"
    "  released containers make and Clipper tolerates: \"wide_version\" (8 bytes, not 4) and\n"
    "  \"input_type_tail\" (bytes after the input type). The messages are\n"
    "    heartbeat            version, heartbeat_type (to_container only)\n"
    "    new_container        name, model_version, input_type, rpc_version (null: no such frame)\n"
    "    prediction_request   version, id, input_type, items\n"
    "    prediction_response  id, data_type (null on the release wire), items\n"
    "    feedback_request     version, id, frames\n"
    "  heartbeat_type is \"keep_alive\" or \"send_metadata\"; types are \"bytes\", \"ints\", \"floats\",\n"
    "  \"doubles\" or \"strings\"; items and frames are arrays of HEX in lower case. name and\n"
    "  model_version are strings where their bytes are UTF-8, otherwise {\"hex\":HEX}: no byte is\n"
    "  lost, and 'mockclipper encode' takes both forms.\n"
    "\n"
    "  A message that is not right:\n"
    "  {\"ok\":false,\"error\":NAME,\"frame\":N,\"field\":NAME,\"offset\":N,\"expected\":N,\"actual\":N,\n"
    "  \"text\":...}, with \"item\":N after the frame where the field is item, item_size or\n"
    "  feedback. Numbers are exact up to 18446744073709551615.\n"
    "  A line that is not such JSON: {\"ok\":false,\"error\":\"bad_input\",\"text\":...}\n"
    "\n"
    "Options\n"
    "      --strict             leniencies are errors\n"
    "      --flat               lines have \"flat\":HEX instead of frames: the message as ZMTP 3\n"
    "                           frames it, from a flags octet on\n"
    "      --direction DIR      the direction of lines that name none\n"
    "      --max-items N        items in a message (1048576)\n"
    "      --max-item-bytes N   bytes of an item (1073741824)\n"
    "      --max-total-bytes N  bytes of all items of a message (1073741824)\n"
    "      --max-text-bytes N   bytes of a name, a model version, an input type (65536)\n"
    "  -h, --help               this help\n"
    "\n"
    "Examples\n"
    "  $ echo '{\"direction\":\"to_clipper\",\"frames\":[\"\",\"02000000\"]}' | mockclipper decode\n"
    "  {\"ok\":true,\"wire\":\"any\",\"leniencies\":[],\"message\":{\"kind\":\"heartbeat\"}}\n"
    "\n"
    "  $ echo '{\"frames\":[\"\",\"03000000\",\"02\"]}' | mockclipper decode --direction to_container\n"
    "  "
    "{\"ok\":false,\"error\":\"wrong_width\",\"frame\":2,\"field\":\"message_type\",\"offset\":0,"
    "\"expected\":4,"
    "\"actual\":1,\"text\":\"frame 2 (message type): the field has the wrong width (expected 4, got 1)\"}\n"
    "\n"
    "Exit status\n"
    "  0  every line decoded\n"
    "  1  some did not\n"
    "  2  the command line is wrong\n"
    "  3  reading, writing or memory failed\n";

enum option_value {
    OPTION_STRICT = 256,
    OPTION_FLAT,
    OPTION_DIRECTION,
    OPTION_MAX_ITEMS,
    OPTION_MAX_ITEM_BYTES,
    OPTION_MAX_TOTAL_BYTES,
    OPTION_MAX_TEXT_BYTES
};

static const struct option longs[] = {
    {"strict", no_argument, NULL, OPTION_STRICT},
    {"flat", no_argument, NULL, OPTION_FLAT},
    {"direction", required_argument, NULL, OPTION_DIRECTION},
    {"max-items", required_argument, NULL, OPTION_MAX_ITEMS},
    {"max-item-bytes", required_argument, NULL, OPTION_MAX_ITEM_BYTES},
    {"max-total-bytes", required_argument, NULL, OPTION_MAX_TOTAL_BYTES},
    {"max-text-bytes", required_argument, NULL, OPTION_MAX_TEXT_BYTES},
    {"help", no_argument, NULL, 'h'},
    {0},
};

/* Sets the limit that OPTION is about. False, and reported, when TEXT is no number. */
static bool set_limit(int option, const char *text, clipper_limits *limits) {
    switch (option) {
    case OPTION_MAX_ITEMS:
        return cli_number_option("decode", "max-items", text, 0, UINT64_MAX, &limits->items);
    case OPTION_MAX_ITEM_BYTES:
        return cli_number_option("decode", "max-item-bytes", text, 0, UINT64_MAX, &limits->item_bytes);
    case OPTION_MAX_TOTAL_BYTES:
        return cli_number_option("decode", "max-total-bytes", text, 0, UINT64_MAX, &limits->total_bytes);
    default:
        return cli_number_option("decode", "max-text-bytes", text, 0, UINT64_MAX, &limits->text_bytes);
    }
}

int cmd_decode(int argc, char **argv) {
    json_line_options options = {.codec = clipper_default_options()};
    int option;
    while ((option = cli_option("decode", argc, argv, "h", longs)) != -1) {
        if (option == 'h')
            return cli_print_help(help);
        if (option == '?')
            return CLI_USAGE;
        if (option == OPTION_STRICT)
            options.codec.strict = 1;
        else if (option == OPTION_FLAT)
            options.flat = true;
        else if (option == OPTION_DIRECTION) {
            if (!line_filter_direction("decode", optarg, &options))
                return CLI_USAGE;
        } else if (!set_limit(option, optarg, &options.codec.limits))
            return CLI_USAGE;
    }
    if (!cli_no_arguments("decode", argc, argv))
        return CLI_USAGE;
    return line_filter("decode", json_decode_line, &options);
}
