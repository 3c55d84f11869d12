/* mockclipper decode: frames to messages. */
#include "commands/commands.h"
#include "lines/json_message.h"
#include "lines/line_era.h"
#include "lines/line_filter.h"

#define LIMIT(name) offsetof(line_filter_options, line.codec.limits.name)

static const cli_option options[] = {
    {"era", CLI_CHOICE, "ERA", offsetof(line_filter_options, era), .words = line_era_names,
     .help = "version 3, one of the protocols before it, or any, the latest that fits (C: the guides of "
             "2016; D, E: sources of March and April 2017; F: releases 0.1 to 0.2)"},
    {"strict", CLI_FLAG, NULL, offsetof(line_filter_options, strict), .help = "leniencies are errors"},
    {"flat", CLI_FLAG, NULL, offsetof(line_filter_options, line.flat),
     .help =
         "lines have \"flat\":HEX instead of frames: the message as ZMTP 3 frames it, from a flags octet on"},
    {"direction", CLI_CHOICE, "DIR", offsetof(line_filter_options, direction), .words = json_direction_names,
     .help = "the direction of lines that name none"},
    {"max-items", CLI_NUMBER, "N", LIMIT(items), .most = UINT64_MAX, .standard = "1048576",
     .help = "items in a message"},
    {"max-item-bytes", CLI_NUMBER, "N", LIMIT(item_bytes), .most = UINT64_MAX, .standard = "1073741824",
     .help = "bytes of an item"},
    {"max-total-bytes", CLI_NUMBER, "N", LIMIT(total_bytes), .most = UINT64_MAX, .standard = "1073741824",
     .help = "bytes of all items of a message"},
    {"max-text-bytes", CLI_NUMBER, "N", LIMIT(text_bytes), .most = UINT64_MAX, .standard = "65536",
     .help = "bytes of a name, a model version, an input type"},
    MAX_LINE_OPTION,
    {"help", CLI_HELP, .letter = 'h', .help = "this help"},
};

static const cli_part topics[] = {
    {"Input",
     "  {\"direction\":DIR,\"frames\":[HEX,...]}\n"
     "DIR is \"to_container\" or \"to_clipper\". The first frame is the empty delimiter; the "
     "routing identity that a ROUTER socket puts before it does not belong to the message. HEX is "
     "hex digits, in either case. Unknown keys are ignored, and so are blank lines.",
     NULL},
    {"Output",
     "  {\"ok\":true,\"wire\":WIRE,\"leniencies\":[...],\"message\":{\"kind\":...}}\n"
     "WIRE is \"document\" (as the published guide has it), \"release\" (as released Clipper has it) or "
     "\"any\" (both write this message the same way). Leniencies are departures that released containers "
     "make and Clipper tolerates: \"wide_version\" (8 bytes, not 4) and \"input_type_tail\" (bytes after the "
     "input type); in earlier eras also \"wide_id\" (8 bytes, not 4) and \"string_ends\" (ends of strings "
     "that "
     "are not 1 to n - 1). With --era, \"era\" comes after \"ok\", and with --era any \"eras\", an array of "
     "all that "
     "fit. The messages are\n"
     "  heartbeat            version, heartbeat_type (to_container only)\n"
     "  new_container        name, model_version, input_type, rpc_version (or null)\n"
     "  prediction_request   version, id, input_type, items\n"
     "  prediction_response  id, data_type (null on the release wire), items\n"
     "  feedback_request     version, id, frames\n"
     "heartbeat_type is \"keep_alive\" or \"send_metadata\"; types are \"bytes\", \"ints\", \"floats\", "
     "\"doubles\" or \"strings\"; items and frames are arrays of HEX in lower case. name and model_version "
     "are strings where their bytes are UTF-8, otherwise {\"hex\":HEX}: no byte is lost, and `mockclipper "
     "encode` takes both forms. rpc_version is null where there is no such frame.",
     NULL},
    {"Output for a message that is not right",
     "  {\"ok\":false,\"error\":NAME,\"frame\":N,\"field\":NAME,\"offset\":N,\n"
     "   \"expected\":N,\"actual\":N,\"text\":...}\n"
     "with \"item\":N after the frame where the field is item, item_size or feedback. Numbers are exact up "
     "to 18446744073709551615. Where the frames are a message without the first, which is probably a routing "
     "identity, or in the other direction, \"hint\" says so. For a line that is not such JSON:\n"
     "  {\"ok\":false,\"error\":\"bad_input\",\"text\":...}",
     NULL},
    {0},
};

const cli_command decode_command = {
    .name = "decode",
    .summary = "frames in hex to messages, as JSON lines",
    .usage = (const char *const[]){"[OPTION...] < frames.jsonl > messages.jsonl", NULL},
    .about = "Decodes messages of Clipper's container RPC, version 3 or earlier. Reads one JSON object a "
             "line from "
             "stdin and answers each with one on stdout, in order and at once.",
    .options = options,
    .topics = topics,
    .statuses = (const char *const[]){"every line decoded", "some did not", "the command line is wrong",
                                      "reading, writing or memory failed", NULL},
    .examples =
        (const cli_part[]){
            {"A message:",
             "echo '{\"direction\":\"to_clipper\",\"frames\":[\"\",\"02000000\"]}' |\n"
             "    mockclipper decode",
             "{\"ok\":true,\"wire\":\"any\",\"leniencies\":[],\"message\":{\"kind\":\"heartbeat\"}}"},
            {"What is wrong with one, and where:",
             "echo '{\"frames\":[\"\",\"03000000\",\"02\"]}' |\n"
             "    mockclipper decode --direction to_container |\n"
             "    grep -o '\"error\":.*\"field\":\"[a-z_]*\"'",
             "\"error\":\"wrong_width\",\"frame\":2,\"field\":\"message_type\""},
            {0}},
};

int cmd_decode(char **argv) {
    return line_filter_command(&decode_command, json_decode_line, argv);
}
