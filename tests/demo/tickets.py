# Runs on the board: whoever asks gets the next number.
import time

number = 0


def ticket(name):
    global number
    time.sleep(0.05)
    number += 1
    return name, number
