#!/usr/bin/env python3
"""A container of which every text is an attack on the reports: hostile_text.py [ARGUMENT...]

It says who it is with markup in name and version, writes markup, terminal commands, and bytes that are no text to
stdout and stderr, and exits with status 7 at the first request.
"""
import os
import struct
import sys

import zmq

NASTY = (b"</script><img src=x onerror=alert(1)><!--<script> ]]> \"'` & ``` &lt; | **b** "
         b"\xe2\x80\xa8 \xef\xbf\xbf \xff\xfe\x00\x07\x1b[31m \r\n</failure></details>\n````\n")


def main():
    sys.stdout.buffer.write(NASTY)
    sys.stderr.buffer.write(NASTY)
    sys.stdout.flush()
    sys.stderr.flush()
    socket = zmq.Context().socket(zmq.DEALER)
    socket.connect("tcp://%s:%s" % (os.environ["CLIPPER_IP"], os.environ["CLIPPER_PORT"]))
    socket.send_multipart([b"", struct.pack("<I", 2)])
    socket.recv_multipart()
    socket.send_multipart([b"", struct.pack("<I", 0), NASTY, NASTY, b"3", struct.pack("<I", 3)])
    socket.send_multipart([NASTY, NASTY])
    socket.recv_multipart()
    sys.exit(7)


if __name__ == "__main__":
    main()
