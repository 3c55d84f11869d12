"""What docker is to its client, in small: a service that starts containers as processes of its own, which live on when the
client is killed and end by name. `docker run`, `rm` and `image inspect` by this file under the name of docker:

    image_service.py serve FOLDER       the service, on FOLDER/socket; images are files FOLDER/images/NAME, of a command as JSON
"""
import array
import json
import os
import signal
import socket
import subprocess
import sys
import threading

FOLDER = os.environ.get("IMAGE_SERVICE", "")


def serve(folder):
    containers, listener = {}, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(os.path.join(folder, "socket"))
    listener.listen(64)

    def run(link, asked, outputs):
        with open(os.path.join(folder, "images", asked["image"])) as file:
            command = json.load(file) + asked["arguments"]
        one = subprocess.Popen(command, env={"PATH": os.environ["PATH"], **asked["variables"]}, stdin=subprocess.DEVNULL,
                               stdout=outputs[0], stderr=outputs[1], start_new_session=True)
        for output in outputs:
            os.close(output)
        containers[asked["name"]] = one
        with open(os.path.join(folder, "log"), "a") as log:
            log.write(json.dumps(asked) + "\n")
        threading.Thread(target=forward, args=(link, one), daemon=True).start()
        status = one.wait()
        containers.pop(asked["name"], None)  # --rm
        try:
            link.send(json.dumps(status if status >= 0 else 128 - status).encode())
        except OSError:
            pass  # the client is gone

    def forward(link, one):
        while message := link.recv(4096):
            one.send_signal(json.loads(message))

    def answer(link):
        message, outputs, _, _ = socket.recv_fds(link, 1 << 20, 2)
        asked = json.loads(message)
        if "run" in asked:
            return run(link, asked["run"], outputs)
        if "rm" in asked and (one := containers.get(asked["rm"])) is not None:
            os.killpg(one.pid, signal.SIGKILL)
            one.wait()
        link.send(json.dumps(len(containers)).encode())

    while True:
        link, _ = listener.accept()
        threading.Thread(target=answer, args=(link,), daemon=True).start()


def ask(what, *outputs):
    link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        link.connect(os.path.join(FOLDER, "socket"))
    except OSError:
        sys.exit("Cannot connect to the Docker daemon")
    link.sendmsg([json.dumps(what).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", outputs))]
                 if outputs else [])
    return link


def client(words):
    if words[:2] == ["image", "inspect"]:
        ask({}).recv(4096)
        sys.exit(None if os.path.exists(os.path.join(FOLDER, "images", words[-1])) else "Error: No such image: " + words[-1])
    if words[:2] == ["rm", "-f"]:
        ask({"rm": words[2]}).recv(4096)
        return
    assert words[:6] == ["run", "--rm", "--init", "--network", "host", "--name"], words
    asked, words = {"name": words[6], "variables": {}}, words[7:]
    while words[0] == "-e":
        name, _, value = words[1].partition("=")
        asked["variables"][name] = value
        words = words[2:]
    asked["image"], asked["arguments"] = words[0], words[1:]
    link = ask({"run": asked}, 1, 2)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: link.send(json.dumps(number).encode()))
    sys.exit(json.loads(link.recv(4096)))


if __name__ == "__main__":
    serve(sys.argv[2]) if sys.argv[1] == "serve" else client(sys.argv[1:])
