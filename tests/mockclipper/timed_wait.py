"""A wait as a JVM's are: for a condition, with a limit on the monotonic clock."""
import ctypes
import time

CLOCK_MONOTONIC = 1
LIBRARY = ctypes.CDLL(None)


class Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


def timed_wait(seconds):
    """Nobody wakes it. Returns after how many seconds it ended."""
    attributes, condition, mutex = (ctypes.create_string_buffer(64) for _ in range(3))
    LIBRARY.pthread_condattr_init(attributes)
    LIBRARY.pthread_condattr_setclock(attributes, CLOCK_MONOTONIC)
    LIBRARY.pthread_cond_init(condition, attributes)
    LIBRARY.pthread_mutex_init(mutex, None)
    LIBRARY.pthread_mutex_lock(mutex)
    begun = time.monotonic()
    until = Time(int(begun + seconds), int((begun + seconds) % 1 * 1e9))
    LIBRARY.pthread_cond_timedwait(condition, mutex, ctypes.byref(until))
    return time.monotonic() - begun
