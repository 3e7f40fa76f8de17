"""Writes an event file with TensorBoard's own classes for the tests of dev.obverse.nn.log (made with 2.21.0).

    python tensorboard_golden.py ../resources/dev/obverse/nn/log/golden.tfevents
"""

import sys

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

TIME = 1700000000.25


def summary(step, **value):
    return Event(wall_time=TIME, step=step, summary=Summary(value=[Summary.Value(**value)]))


events = [
    Event(wall_time=TIME, file_version="brain.Event:2"),
    Event(wall_time=TIME, step=300, session_log=SessionLog(status=SessionLog.START)),
    summary(0, tag="loss/total", simple_value=0.1),
    summary(5_000_000_000, tag="Verlust/größer", simple_value=0),
    summary(
        301,
        tag="faces",
        image=Summary.Image(height=2, width=300, colorspace=3, encoded_image_string=bytes(range(200))),
    ),
    summary(302, tag="mask", image=Summary.Image(height=4, width=1, colorspace=1, encoded_image_string=b"png")),
]
with open(sys.argv[1], "wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString())
    writer.flush()
