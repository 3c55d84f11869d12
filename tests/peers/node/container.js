#!/usr/bin/env node
'use strict';
/**
 * A model container for Clipper in Node.js: an example for implementers.
 *
 * It is written from the specification, spec/clipper-rpc.md; what is in brackets, such as [TMO-4], is the requirement
 * that a line is there for. It needs Node.js 16 and the npm package zeromq (6). messages.js beside it has the messages.
 *
 *     npm ci && CLIPPER_MODEL_NAME=digits CLIPPER_MODEL_VERSION=1 node container.js
 *
 * The settings are those of the specification's section 13, and: CLIPPER_MODEL is probe (default), sum, noop or echo;
 * with CLIPPER_MODEL_DELAY_MS each request takes so much longer; CLIPPER_BUG=input-type-tail switches on a fault of
 * released containers, for tests: the input type is sent with the length of the version's text.
 *
 * Two threads: the main one owns the socket and never works, a worker runs the model [HB-11].
 */

const {Worker, isMainThread, parentPort, workerData} = require('worker_threads');
const messages = require('./messages.js');
const {TYPE_NAMES, WIDTHS, STRINGS, LIMITS} = messages;

const GRACE_MS = 1000; // in which an answer may still become ready after SIGTERM [PROC-7]
const LINGER_MS = 200; // for what is not yet written to the network when the process ends

// ---- Models -----------------------------------------------------------------------------------------------

const CRC_TABLE = Uint32Array.from({length: 256}, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
    return byte;
});

function crc32(bytes) {
    let crc = 0xffffffff;
    for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]) & 0xff];
    return (crc ^ 0xffffffff) >>> 0;
}

/** The elements added in order; of a string, its length. A DataView has no alignment [PRED-18 to PRED-20]. */
function sum(type, item) {
    if (type === STRINGS) return String(item.length);
    const view = new DataView(item.buffer, item.byteOffset, item.length);
    const element = ['getUint8', 'getInt32', 'getFloat32', 'getFloat64'][type];
    let total = 0;
    for (let at = 0; at < item.length; at += WIDTHS[type]) total += view[element](at, true);
    return String(total).replace('Infinity', 'inf').replace('NaN', 'nan');
}

const MODELS = {
    probe: (type, item) => `${item.length / WIDTHS[type]}:${crc32(item).toString(16).padStart(8, '0')}`,
    sum,
    noop: () => '1.0',
    echo: (type, item) => item,
};

/** The worker: requests in, responses out. A request that the model cannot answer has none [PRED-29]. */
function work({wire, model, delay}) {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    parentPort.on('message', ({session, id, type, items}) => {
        let frames = null;
        try {
            Atomics.wait(pause, 0, 0, delay);
            // One output an input, in order [PRED-11, PRED-12]; the id is the request's [PRED-6].
            const outputs = items.map((item) => Buffer.from(MODELS[model](type, item)));
            frames = messages.encodeResponse(wire, id, outputs);
        } catch (error) {
            console.error(`container: request ${id} is not answered: ${error}`);
        }
        parentPort.postMessage({session, frames});
    });
}

// ---- The session ------------------------------------------------------------------------------------------

/** Lines on standard error, ten a second at the most [MAL-19]. */
const log = (() => {
    let second = 0, lines = 0;
    return (text) => {
        const current = Math.floor(performance.now() / 1000);
        if (current !== second) {
            if (lines > 10) console.error(`container: ${lines - 10} more lines like these`);
            [second, lines] = [current, 0];
        }
        if (++lines <= 10) console.error(`container: ${text}`);
    };
})();

/** One container: session after session, until it is asked to stop or meets another version. */
class Container {
    constructor(settings) {
        this.settings = settings;
        this.session = 0; // its number; a response goes out in the session of its request [TMO-14]
        this.outstanding = 0; // requests of this session that are with the model
        this.stopping = false;
        this.worker = new Worker(__filename, {workerData: settings, stdout: false});
        this.worker.on('message', (response) => this.onResponse(response));
        this.worker.on('error', (error) => {
            throw error;
        });
    }

    /** Returns the exit status. The number of sessions has no limit [TMO-8, PROC-5]. */
    async run() {
        try {
            while (!this.stopping) {
                this.openSocket();
                await this.serve();
                if (!this.stopping) this.socket.close(); // ends this session and its socket [TMO-6]
            }
        } catch (error) {
            if (this.stopping) return new Promise(() => {}); // stop() has closed the socket, and ends the process
            if (!(error instanceof messages.VersionMismatch)) throw error;
            console.error(`container: Clipper speaks RPC version ${error.actual}, this container speaks ` +
                          `${messages.VERSION}: it ends`); // [VER-2 to VER-5]
            this.socket.close();
            return 3;
        }
        return new Promise(() => {});
    }

    /** A session has a socket of its own [TMO-1]. */
    openSocket() {
        this.session++;
        this.outstanding = 0;
        this.socket = new (require('zeromq').Dealer)({ // its identity is left to ZeroMQ [FRM-10]
            linger: 0, // what a dead Clipper did not take is of no use to the next one
            sendHighWaterMark: 0, // never wait to send: the answers are bounded by Clipper's requests
            maxMessageSize: LIMITS.total_bytes, // a larger frame is refused before memory is taken [MAL-18]
            // ZeroMQ paces its attempts to connect, with jitter [TMO-16]: 100 ms to 200 ms.
        });
        const endpoint = `tcp://${this.settings.ip}:${this.settings.port}`;
        try {
            this.socket.connect(endpoint); // [FRM-2]
        } catch (error) {
            stop(`CLIPPER_IP: cannot connect to ${endpoint}: ${error.message}`);
        }
        this.sent = Promise.resolve();
    }

    /** One send at a time is all that a socket takes. */
    send(frames) {
        const {socket} = this;
        this.sent = this.sent.then(() => socket.send(frames)).catch((error) => {
            if (!socket.closed) throw error;
        });
    }

    /** The frames of the next whole message [FRM-9], or null when none came for so long. */
    async receive(milliseconds) {
        this.socket.receiveTimeout = milliseconds;
        try {
            return await this.socket.receive();
        } catch (error) {
            if (error.code !== 'EAGAIN' || this.socket.closed) throw error;
            return null;
        }
    }

    /** Returns when Clipper was silent for TO. */
    async serve() {
        const {pollTimeout, activityTimeout} = this.settings;
        this.send(messages.encodeHeartbeat()); // [REG-1]
        // A clock that never steps [TMO-11]. Silence is counted from the opening [TMO-10].
        let lastActivity = performance.now();
        let pollBegan = lastActivity;
        for (;;) {
            // The time is taken first, then the socket is read, then the time is judged: what came while the process
            // was held up is read before the session is given up. ZeroMQ's thread was held up as well: it gets as long.
            const now = performance.now();
            const late = Math.floor(now - pollBegan - pollTimeout); // in milliseconds: below 0, D is not over
            const ending = late >= 0 && now - lastActivity >= activityTimeout; // [TMO-4, TMO-5]
            const frames = await this.receive(late < 0 ? -late : ending ? Math.min(late, pollTimeout) : 0);
            if (frames) {
                lastActivity = pollBegan = performance.now(); // any message [HB-8, HB-9], and only those [TMO-3]
                this.onFrames(frames);
            } else if (late >= 0) {
                if (ending) {
                    log('Clipper is silent: a new session');
                    return;
                }
                this.send(messages.encodeHeartbeat()); // [HB-6]
                pollBegan = performance.now();
            }
        }
    }

    onFrames(frames) {
        if (this.stopping) return; // no further requests [PROC-7]
        try {
            this.onMessage(messages.decode(frames));
        } catch (error) {
            if (!(error instanceof messages.Malformed) || error instanceof messages.VersionMismatch) throw error;
            log(`message dropped: ${error.message}`); // and the next one is served [MAL-1]
        }
    }

    onMessage({kind, id, type, items}) {
        const {wire, name, version, inputType, bug} = this.settings;
        if (kind === 'heartbeat') { // a keep-alive: nothing [HB-5]
            if (type !== messages.HeartbeatType.SEND_METADATA) return;
            const frames = messages.encodeNewContainer(wire, Buffer.from(name), Buffer.from(version), inputType);
            if (bug === 'input-type-tail') frames[4] = Buffer.concat([frames[4]], version.length);
            this.send(frames); // each time, at any time [REG-2, REG-3]
        } else if (kind === 'feedback_request') {
            log(`feedback request ${id} dropped`); // [FBK-2]
        } else if (type !== inputType) { // [MAL-10]
            log(`request ${id} dropped: ${TYPE_NAMES[type]} for a model that takes ${TYPE_NAMES[inputType]}`);
        } else {
            this.outstanding++;
            this.worker.postMessage({session: this.session, id, type, items});
        }
    }

    onResponse({session, frames}) {
        if (session !== this.session) return;
        this.outstanding--;
        if (frames && !this.socket.closed) this.send(frames);
        if (this.stopping && this.outstanding === 0) this.finish();
    }

    /** A signal: answers what the model works on, for a bounded time; a second signal ends that, too [PROC-7]. */
    stop() {
        if (this.stopping) process.exit(0);
        this.stopping = true;
        if (this.outstanding === 0) return this.finish();
        setTimeout(() => this.finish(), GRACE_MS);
    }

    async finish() {
        await this.sent;
        this.socket.linger = LINGER_MS;
        this.socket.close();
        process.exit(0); // [PROC-6]
    }
}

// ---- The process ------------------------------------------------------------------------------------------

function stop(text) {
    console.error(`container: ${text}`);
    process.exit(2);
}

/** The environment of section 13. What is missing or impossible ends the process, by name [PROC-3, PROC-4]. */
function readSettings() {
    const required = (variable) => process.env[variable] || stop(`${variable} is not set`);
    const choice = (variable, preset, choices) => {
        const value = process.env[variable] || preset;
        return choices.includes(value) ? value : stop(`${variable}: '${value}' is none of ${choices.join(', ')}`);
    };
    const number = (variable, preset, least, most) => {
        const value = process.env[variable] || String(preset);
        const good = /^[0-9]{1,10}$/.test(value) && Number(value) >= least && Number(value) <= most;
        return good ? Number(value) : stop(`${variable}: '${value}' is no number from ${least} to ${most}`);
    };
    const aliases = ['b bytes byte', 'i ints int integer integers', 'f floats float', 'd doubles double',
                     's strings string strs str'].map((names) => names.split(' ')); // [DEP-4]
    const alias = choice('CLIPPER_INPUT_TYPE', 'doubles', aliases.flat());
    return {
        name: required('CLIPPER_MODEL_NAME'), // [DEP-1]
        version: required('CLIPPER_MODEL_VERSION'),
        ip: process.env.CLIPPER_IP || '127.0.0.1',
        port: number('CLIPPER_PORT', 7000, 1, 65535),
        inputType: aliases.findIndex((names) => names.includes(alias)),
        wire: choice('CLIPPER_WIRE', 'release', ['release', 'document']),
        pollTimeout: number('CLIPPER_POLL_TIMEOUT_MS', 5000, 1, 2 ** 31 - 1),
        activityTimeout: number('CLIPPER_ACTIVITY_TIMEOUT_MS', 30000, 1, 2 ** 31 - 1),
        model: choice('CLIPPER_MODEL', 'probe', Object.keys(MODELS)),
        delay: number('CLIPPER_MODEL_DELAY_MS', 0, 0, 2 ** 31 - 1),
        bug: choice('CLIPPER_BUG', 'none', ['none', 'input-type-tail']),
    };
}

if (!isMainThread) {
    work(workerData);
} else if (process.argv.length > 2) {
    stop(`unknown argument '${process.argv[2]}': all settings come from the environment`);
} else {
    const container = new Container(readSettings());
    for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => container.stop());
    container.run().then((status) => process.exit(status));
}
