import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The messages of Clipper's container RPC, from bytes and back: what Container.java speaks. No socket, no clock.
 *
 * <p>Written from the specification, spec/clipper-rpc.md, sections 3 to 6 and 10; what is in brackets, such as [MAL-7],
 * is the requirement that a line is there for. Java's integers are signed: words of 8 bytes are compared as unsigned,
 * and ids, which mean nothing to a container, stay bytes.
 */
final class Messages {
    static final int VERSION = 3;

    private static final int NEW_CONTAINER = 0; // message types [FRM-5]
    private static final int CONTENT = 1;
    private static final int HEARTBEAT = 2;
    private static final int PREDICT = 0; // request types
    private static final int FEEDBACK = 1;
    private static final int SEND_METADATA = 1; // heartbeat types: 0 keep-alive, 1 [HB-3]

    /** What is taken from a peer [LIM-1]: the number of items, the bytes of one, and of all in a message. */
    private static final int MAX_ITEMS = 1 << 20;
    private static final long MAX_ITEM_BYTES = 1L << 30;
    static final long MAX_TOTAL_BYTES = 1L << 30;

    private Messages() {
    }

    enum DataType {
        BYTES(1), INTS(4), FLOATS(4), DOUBLES(8), STRINGS(1);

        /** The size of an item is a multiple of this. */
        final int width;

        DataType(int width) {
            this.width = width;
        }
    }

    sealed interface Message permits Heartbeat, Request, Feedback {
    }

    record Heartbeat(boolean asksForMetadata) implements Message {
    }

    record Request(byte[] id, DataType type, List<byte[]> items) implements Message {
    }

    /** A feedback request; what follows its type has no defined meaning [FBK-1]. */
    record Feedback(byte[] id) implements Message {
    }

    /** A message that is none of the specification's; section 10 has the names of the errors. */
    static class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String error, int frame, String field, long expected, long actual) {
            super(error + " at frame " + frame + " (" + field + "): expected " + Long.toUnsignedString(expected)
                    + ", got " + Long.toUnsignedString(actual));
        }
    }

    /** The peer speaks another version: nothing after the tag can be trusted [VER-2, VER-7]. */
    static final class VersionMismatch extends Malformed {
        private static final long serialVersionUID = 1L;
        final long version;

        VersionMismatch(long version) {
            super("version_mismatch", 1, "version", VERSION, version);
            this.version = version;
        }
    }

    /** The message from Clipper in a whole list of frames [FRM-9]. The first thing that is wrong is thrown. */
    static Message decode(List<byte[]> frames) throws Malformed {
        if (frames.isEmpty()) {
            throw new Malformed("empty_message", 0, "none", 0, 0);
        }
        if (frames.get(0).length > 0) { // [FRM-1, MAL-14]
            throw new Malformed("no_delimiter", 0, "delimiter", 0, frames.get(0).length);
        }
        long version = u32(frames, 1, "version"); // a tag of another width is malformed, no mismatch [VER-6]
        if (version != VERSION) {
            throw new VersionMismatch(version);
        }
        long messageType = u32(frames, 2, "message_type");
        if (messageType == HEARTBEAT) {
            long heartbeatType = u32(frames, 3, "heartbeat_type");
            if (heartbeatType > SEND_METADATA) { // [HB-10]
                throw new Malformed("unknown_heartbeat_type", 3, "heartbeat_type", 1, heartbeatType);
            }
            endsAt(frames, 4);
            return new Heartbeat(heartbeatType == SEND_METADATA);
        }
        if (messageType == NEW_CONTAINER) { // [MAL-15]
            throw new Malformed("illegal_new_container", 2, "message_type", 0, 0);
        }
        if (messageType != CONTENT) { // [MAL-11]
            throw new Malformed("unknown_message_type", 2, "message_type", 2, messageType);
        }
        byte[] id = fixed(frames, 3, "id", 4);
        long requestType = u32(frames, 4, "request_type");
        if (requestType == FEEDBACK) {
            return new Feedback(id);
        }
        if (requestType != PREDICT) { // [MAL-12]
            throw new Malformed("unknown_request_type", 4, "request_type", 1, requestType);
        }
        return decodeRequest(id, frames);
    }

    /** Every word of the metadata is held against what is there [MAL-18], and then each item against its word. */
    private static Request decodeRequest(byte[] id, List<byte[]> frames) throws Malformed {
        long length = littleEndian(fixed(frames, 5, "metadata_length", 8)).getLong();
        byte[] metadata = frame(frames, 6, "metadata");
        if (metadata.length != length) { // [PRED-3, MAL-4]
            throw new Malformed("metadata_length", 6, "metadata", length, metadata.length);
        }
        if (metadata.length % 8 != 0 || metadata.length < 16) { // [MAL-5]
            throw new Malformed("metadata_size", 6, "metadata", 8, metadata.length);
        }
        ByteBuffer words = littleEndian(metadata);
        long typeNumber = words.getLong();
        if (Long.compareUnsigned(typeNumber, DataType.values().length) >= 0) { // [MAL-9]
            throw new Malformed("unknown_data_type", 6, "data_type", DataType.values().length - 1, typeNumber);
        }
        DataType type = DataType.values()[(int) typeNumber];
        int count = metadata.length / 8 - 2;
        long announced = words.getLong();
        if (announced != count) { // [MAL-6]
            throw new Malformed("item_count", 6, "item_count", count, announced);
        }
        if (count > MAX_ITEMS) {
            throw new Malformed("too_many_items", 6, "item_count", MAX_ITEMS, count);
        }
        long total = 0;
        for (int i = 0; i < count; i++) {
            long size = words.getLong();
            if (Long.compareUnsigned(size, MAX_ITEM_BYTES) > 0) {
                throw new Malformed("item_too_large", 6, "item_size", MAX_ITEM_BYTES, size);
            }
            if (size % type.width != 0) { // [MAL-8]
                throw new Malformed("item_width", 6, "item_size", type.width, size);
            }
            total += size; // both are far from overflow here [MAL-7]
            if (total > MAX_TOTAL_BYTES) {
                throw new Malformed("message_too_large", 6, "item_size", MAX_TOTAL_BYTES, total);
            }
        }
        for (int i = 0; i < count; i++) {
            if (7 + i >= frames.size()) { // [PRED-4, MAL-2]
                throw new Malformed("truncated", 7 + i, "item", 7 + count, frames.size());
            }
            long size = words.getLong(8 * (2 + i));
            if (frames.get(7 + i).length != size) { // [MAL-7]
                throw new Malformed("item_size", 7 + i, "item", size, frames.get(7 + i).length);
            }
        }
        endsAt(frames, 7 + count);
        return new Request(id, type, frames.subList(7, 7 + count));
    }

    private static byte[] frame(List<byte[]> frames, int index, String field) throws Malformed {
        if (index >= frames.size()) {
            throw new Malformed("truncated", index, field, index + 1, frames.size());
        }
        return frames.get(index);
    }

    private static byte[] fixed(List<byte[]> frames, int index, String field, int width) throws Malformed {
        byte[] data = frame(frames, index, field);
        if (data.length != width) { // [FRM-4, MAL-13]
            throw new Malformed("wrong_width", index, field, width, data.length);
        }
        return data;
    }

    private static long u32(List<byte[]> frames, int index, String field) throws Malformed {
        return Integer.toUnsignedLong(littleEndian(fixed(frames, index, field, 4)).getInt());
    }

    private static void endsAt(List<byte[]> frames, int count) throws Malformed {
        if (frames.size() > count) { // [FRM-8, MAL-3]
            throw new Malformed("extra_frame", count, "none", count, count + 1);
        }
    }

    static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static byte[] u32(int value) {
        return littleEndian(new byte[4]).putInt(value).array();
    }

    static byte[] u64(long value) {
        return littleEndian(new byte[8]).putLong(value).array();
    }

    /** [HB-1, FRM-6] */
    static List<byte[]> encodeHeartbeat() {
        return List.of(new byte[0], u32(HEARTBEAT));
    }

    /** [REG-4 to REG-6]; the input type is a digit [REG-8]; the version frame is the release wire's [REG-9, REG-10]. */
    static List<byte[]> encodeNewContainer(boolean release, byte[] name, byte[] version, DataType inputType) {
        byte[] digit = Integer.toString(inputType.ordinal()).getBytes(StandardCharsets.US_ASCII);
        List<byte[]> frames = new ArrayList<>(List.of(new byte[0], u32(NEW_CONTAINER), name, version, digit));
        if (release) {
            frames.add(u32(VERSION));
        }
        return frames;
    }

    /** [PRED-5]; the document's metadata has a data type [PRED-8, PRED-17], the release's has none [PRED-9]. */
    static List<byte[]> encodeResponse(boolean release, byte[] id, List<byte[]> outputs) {
        ByteBuffer metadata = littleEndian(new byte[8 * (outputs.size() + (release ? 1 : 2))]);
        if (!release) {
            metadata.putLong(DataType.STRINGS.ordinal());
        }
        metadata.putLong(outputs.size());
        outputs.forEach(output -> metadata.putLong(output.length));
        List<byte[]> frames = new ArrayList<>(List.of(new byte[0], u32(CONTENT), id, u64(metadata.capacity()),
                metadata.array()));
        frames.addAll(outputs);
        return frames;
    }
}
