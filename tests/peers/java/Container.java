import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/**
 * A model container for Clipper in Java: an example for implementers.
 *
 * <p>It is written from the specification, spec/clipper-rpc.md; what is in brackets, such as [TMO-4], is the
 * requirement that a line is there for. It needs Java 17 and JeroMQ (Debian: libjeromq-java). Messages.java
 * beside it has the messages, Settings.java the environment, Models.java what is served.
 *
 * <pre>
 * javac -cp /usr/share/java/jeromq.jar -d classes *.java
 * CLIPPER_MODEL_NAME=digits CLIPPER_MODEL_VERSION=1 java -cp classes:/usr/share/java/jeromq.jar Container
 * </pre>
 *
 * <p>The settings are those of the specification's section 13, and: CLIPPER_MODEL is probe (default), sum, noop or
 * echo; with CLIPPER_MODEL_DELAY_MS each request takes so much longer; CLIPPER_BUG switches on a fault of released
 * containers, for tests: wide-version sends the RPC version as 8 bytes, predict-on-polling-thread lets heartbeats wait
 * for the model.
 *
 * <p>Two threads: the main one owns the socket and never works, the other one runs the model [HB-11].
 */
public final class Container {
    private static final int BURST = 100; // messages read before answers are sent
    private static final long GRACE_MS = 1000; // in which an answer may still become ready after SIGTERM [PROC-7]
    private static final long LINGER_MS = 200; // for what is not yet written to the network when the process ends

    private record Response(int session, List<byte[]> frames) {
    }

    private final Settings settings = new Settings();
    private final ZMQ.Context context = ZMQ.context(1);
    private final Executor modelThread;
    private final Queue<Response> responses = new ConcurrentLinkedQueue<>();
    private final Pipe wake; // a byte in it ends the poll: a response is ready, a signal came, or its time is over
    private final ScheduledExecutorService alarm = Executors.newSingleThreadScheduledExecutor();
    private volatile boolean stopping;
    private int session; // its number: a response goes out in the session of its request [TMO-14]
    private int outstanding; // requests of this session that are with the model
    private ZMQ.Socket socket;

    private Container() throws IOException {
        modelThread = settings.bug.equals("predict-on-polling-thread") ? Runnable::run
                : Executors.newSingleThreadExecutor();
        wake = Pipe.open();
        wake.source().configureBlocking(false);
        wake.sink().configureBlocking(false);
    }

    /** A request that the model cannot answer is not answered [PRED-29]. */
    private void answer(int requestSession, Messages.Request request) {
        List<byte[]> frames = null;
        try {
            Thread.sleep(settings.delay);
            // One output an input, in order [PRED-11, PRED-12]; the id is the request's [PRED-6].
            List<byte[]> outputs = new ArrayList<>();
            for (byte[] item : request.items()) {
                outputs.add(Models.predict(settings.model, request.type(), item));
            }
            frames = Messages.encodeResponse(settings.release, request.id(), outputs);
        } catch (Exception | OutOfMemoryError error) {
            log("a request is not answered: " + error);
        }
        responses.add(new Response(requestSession, frames));
        wake();
    }

    // ---- The session ------------------------------------------------------------------------------------------

    /** Returns the exit status. The number of sessions has no limit [TMO-8, PROC-5]. */
    private int run() throws IOException {
        try {
            while (runSession()) {
                log("Clipper is silent: a new session");
            }
            return 0; // [PROC-6]
        } catch (Messages.VersionMismatch mismatch) { // [VER-2 to VER-5]
            System.err.println("container: Clipper speaks RPC version " + mismatch.version
                    + ", this container speaks " + Messages.VERSION + ": it ends");
            return 3;
        } finally {
            context.term();
        }
    }

    /** One session on a socket of its own [TMO-1]. True: Clipper was silent for TO. False: asked to stop. */
    private boolean runSession() throws IOException, Messages.VersionMismatch {
        session++;
        outstanding = 0;
        socket = context.socket(ZMQ.DEALER); // its identity is left to ZeroMQ [FRM-10]
        socket.setLinger(0); // what a dead Clipper did not take is of no use to the next one
        socket.setSndHWM(0); // never block in send: the answers are bounded by Clipper's requests
        socket.setMaxMsgSize(Messages.MAX_TOTAL_BYTES); // a larger frame is refused before memory is taken [MAL-18]
        // ZeroMQ paces its attempts to connect, with jitter [TMO-16]: 100 ms to 200 ms.
        String endpoint = "tcp://" + settings.ip + ":" + settings.port;
        try {
            socket.connect(endpoint); // [FRM-2]
        } catch (ZMQException | IllegalArgumentException error) {
            Settings.stop("CLIPPER_IP: cannot connect to " + endpoint + ": " + error);
        }
        ZMQ.Poller poller = new ZMQ.Poller(2);
        poller.register(socket, ZMQ.Poller.POLLIN);
        poller.register(wake.source(), ZMQ.Poller.POLLIN);
        try {
            return serve(poller);
        } finally {
            poller.unregister(socket); // [TMO-6]
            socket.close();
        }
    }

    private boolean serve(ZMQ.Poller poller) throws IOException, Messages.VersionMismatch {
        send(Messages.encodeHeartbeat()); // [REG-1]
        // A clock that never steps [TMO-11]. Silence is counted from the opening [TMO-10].
        long lastActivity = System.nanoTime();
        long pollBegan = lastActivity;
        while (true) {
            // The time is taken first, then the socket is read, then the time is judged: what came while the process
            // was held up is read before the session is given up. ZeroMQ's thread was held up as well: it gets as long.
            long now = System.nanoTime();
            long late = Math.floorDiv(now - pollBegan - settings.pollTimeout, 1_000_000); // below 0, D is not over
            boolean ending = late >= 0 && now - lastActivity >= settings.activityTimeout; // [TMO-4, TMO-5]
            poll(poller, late < 0 ? -late : ending ? Math.min(late, settings.pollTimeout / 1_000_000) : 0);
            sendResponses();
            if (stopping) {
                finish();
                return false;
            }
            if (receive()) {
                pollBegan = lastActivity = System.nanoTime(); // any message [HB-8, HB-9], and only those [TMO-3]
            } else if (ending) {
                return true;
            } else if (late >= 0) {
                send(Messages.encodeHeartbeat()); // [HB-6]
                pollBegan = System.nanoTime();
            }
        }
    }

    /** JeroMQ 0.3.6 measures its timeouts on the wall clock: here the virtual machine measures them [TMO-11]. */
    private void poll(ZMQ.Poller poller, long milliseconds) throws IOException {
        if (milliseconds > 0) {
            Future<?> end = alarm.schedule(this::wake, milliseconds, TimeUnit.MILLISECONDS);
            poller.poll(-1);
            end.cancel(false);
        } else {
            poller.poll(0);
        }
        clearWake();
    }

    /** Reads what is there, a whole message at a time [FRM-9], and says whether there was anything. */
    private boolean receive() throws Messages.VersionMismatch {
        for (int count = 0; count < BURST; count++) {
            byte[] frame = socket.recv(ZMQ.DONTWAIT);
            if (frame == null) {
                return count > 0;
            }
            List<byte[]> frames = new ArrayList<>(List.of(frame));
            while (socket.hasReceiveMore()) {
                frames.add(socket.recv());
            }
            try {
                onMessage(Messages.decode(frames));
            } catch (Messages.VersionMismatch mismatch) {
                throw mismatch;
            } catch (Messages.Malformed malformed) {
                log("message dropped: " + malformed.getMessage()); // and the next one is served [MAL-1]
            }
        }
        return true;
    }

    private void onMessage(Messages.Message message) {
        if (message instanceof Messages.Heartbeat heartbeat) {
            if (heartbeat.asksForMetadata()) { // each time, at any time [REG-2, REG-3]; a keep-alive: nothing [HB-5]
                List<byte[]> frames = Messages.encodeNewContainer(settings.release, settings.name, settings.version,
                        settings.inputType);
                if (settings.bug.equals("wide-version") && settings.release) {
                    frames.set(frames.size() - 1, Messages.u64(Messages.VERSION));
                }
                send(frames);
            }
        } else if (message instanceof Messages.Request request && request.type() == settings.inputType) {
            outstanding++;
            int requestSession = session;
            modelThread.execute(() -> answer(requestSession, request));
        } else if (message instanceof Messages.Request request) { // [MAL-10]
            log("request dropped: " + request.type() + " for a model that takes " + settings.inputType);
        } else {
            log("feedback request dropped"); // [FBK-2]
        }
    }

    private void send(List<byte[]> frames) {
        for (int i = 0; i < frames.size(); i++) {
            socket.send(frames.get(i), i + 1 < frames.size() ? ZMQ.SNDMORE : 0);
        }
    }

    private void sendResponses() {
        for (Response response; (response = responses.poll()) != null;) {
            if (response.session == session) {
                outstanding--;
                if (response.frames != null) {
                    send(response.frames);
                }
            }
        }
    }

    /** Answers what the model works on, for a bounded time [PROC-7]; the virtual machine ignores a second signal. */
    private void finish() throws IOException {
        ZMQ.Poller poller = new ZMQ.Poller(1);
        poller.register(wake.source(), ZMQ.Poller.POLLIN); // and no further requests
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE_MS);
        while (outstanding > 0 && System.nanoTime() < end) {
            poll(poller, Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
            sendResponses();
        }
        socket.setLinger(LINGER_MS);
    }

    private void wake() {
        try {
            wake.sink().write(ByteBuffer.allocate(1)); // when it is full, the poll returns anyhow
        } catch (IOException error) {
            log("cannot wake the polling thread: " + error);
        }
    }

    private void clearWake() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (wake.source().read(buffer) > 0) {
            buffer.clear();
        }
    }

    private long logSecond;
    private int logLines;

    /** A line on standard error, ten a second at the most [MAL-19]. */
    private synchronized void log(String text) {
        long second = System.nanoTime() / 1_000_000_000;
        if (second != logSecond) {
            if (logLines > 10) {
                System.err.println("container: " + (logLines - 10) + " more lines like these");
            }
            logSecond = second;
            logLines = 0;
        }
        if (++logLines <= 10) {
            System.err.println("container: " + text);
        }
    }

    // ---- The process ------------------------------------------------------------------------------------------

    public static void main(String[] arguments) throws IOException {
        if (arguments.length > 0) {
            Settings.stop("unknown argument '" + arguments[0] + "': all settings come from the environment");
        }
        Container container = new Container();
        CountDownLatch finished = new CountDownLatch(1);
        int[] status = {1};
        // The virtual machine answers SIGTERM and SIGINT by running this, and would then end with 128 and the number.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            container.stopping = true;
            container.wake();
            try {
                finished.await(GRACE_MS + 2 * LINGER_MS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException ignored) {
                // ends at once
            }
            Runtime.getRuntime().halt(finished.getCount() == 0 ? status[0] : 0);
        }));
        try {
            status[0] = container.run();
        } catch (RuntimeException | IOException error) {
            error.printStackTrace();
        } finally {
            finished.countDown();
            System.exit(status[0]);
        }
    }
}
