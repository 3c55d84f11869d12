import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The environment of section 13. What is missing or impossible ends the process, by name [PROC-3, PROC-4]. */
final class Settings {
    private final Map<String, String> environment = environment();
    final byte[] name = required("CLIPPER_MODEL_NAME"); // byte for byte [DEP-1, REG-5, REG-6]
    final byte[] version = required("CLIPPER_MODEL_VERSION");
    final String ip = address();
    final int port = number("CLIPPER_PORT", 7000, 1, 65535);
    final Messages.DataType inputType = inputType();
    final boolean release = choice("CLIPPER_WIRE", "release", "document").equals("release");
    final long pollTimeout = number("CLIPPER_POLL_TIMEOUT_MS", 5000, 1, Integer.MAX_VALUE) * 1_000_000L;
    final long activityTimeout = number("CLIPPER_ACTIVITY_TIMEOUT_MS", 30000, 1, Integer.MAX_VALUE) * 1_000_000L;
    final String model = choice("CLIPPER_MODEL", "probe", "sum", "noop", "echo");
    final int delay = number("CLIPPER_MODEL_DELAY_MS", 0, 0, Integer.MAX_VALUE);
    final String bug = choice("CLIPPER_BUG", "none", "wide-version", "predict-on-polling-thread");

    /**
     * System.getenv decodes by the locale, and loses what is not in it. Where the system has the environment as
     * bytes, it is read as such, and each byte is kept as one char of ISO 8859-1.
     */
    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        try {
            byte[] bytes = Files.readAllBytes(Path.of("/proc/self/environ"));
            for (String variable : new String(bytes, StandardCharsets.ISO_8859_1).split("\0")) {
                String[] nameAndValue = variable.split("=", 2);
                environment.put(nameAndValue[0], nameAndValue.length > 1 ? nameAndValue[1] : "");
            }
        } catch (IOException notLinux) {
            System.getenv().forEach((name, value) -> environment.put(name,
                    new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)));
        }
        return environment;
    }

    private String value(String variable, String preset) {
        String value = environment.getOrDefault(variable, "");
        return value.isEmpty() ? preset : value;
    }

    private byte[] required(String variable) {
        String value = value(variable, "");
        if (value.isEmpty()) {
            stop(variable + " is not set");
        }
        return value.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** JeroMQ itself takes anything for a host, and tries for ever. */
    private String address() {
        String value = value("CLIPPER_IP", "127.0.0.1");
        if (!value.matches("[0-9A-Za-z._-]+")) {
            stop("CLIPPER_IP: '" + value + "' is no address");
        }
        return value;
    }

    private String choice(String variable, String... choices) {
        String value = value(variable, choices[0]);
        if (!List.of(choices).contains(value)) {
            stop(variable + ": '" + value + "' is none of " + String.join(", ", choices));
        }
        return value;
    }

    private int number(String variable, int preset, int least, int most) {
        String value = value(variable, Integer.toString(preset));
        long number = value.matches("[0-9]{1,10}") ? Long.parseLong(value) : -1;
        if (number < least || number > most) {
            stop(variable + ": '" + value + "' is no number from " + least + " to " + most);
        }
        return (int) number;
    }

    private Messages.DataType inputType() {
        return switch (choice("CLIPPER_INPUT_TYPE", "doubles", "double", "d", "b", "bytes", "byte", "i", "ints",
                "int", "integer", "integers", "f", "floats", "float", "s", "strings", "string", "strs", "str")
                .charAt(0)) { // [DEP-4]: the first letter tells
            case 'b' -> Messages.DataType.BYTES;
            case 'i' -> Messages.DataType.INTS;
            case 'f' -> Messages.DataType.FLOATS;
            case 's' -> Messages.DataType.STRINGS;
            default -> Messages.DataType.DOUBLES;
        };
    }

    static void stop(String text) {
        System.err.println("container: " + text);
        Runtime.getRuntime().halt(2);
    }
}
