"""What PackedNetwork.run costs over the engine in C++, in turns on one processor.

    PYTHONPATH=BUILD/python python3 bench/python_run.py BUILD/bench/bench_engine_run
"""

import subprocess
import sys
import tempfile
import time

import numpy as np

import colcomb

ROUNDS = 15


def fastest_run(network: colcomb.PackedNetwork, images: np.ndarray, runs: int) -> float:
    fastest = float("inf")
    for _ in range(runs):
        begin = time.perf_counter()
        network.run(images)
        fastest = min(fastest, time.perf_counter() - begin)
    return fastest


def main() -> None:
    program = sys.argv[1]
    with tempfile.NamedTemporaryFile(suffix=".packed") as file:
        subprocess.run([program, file.name], check=True)
        network = colcomb.PackedNetwork.load(file.name, threads=1)
        print(f"{'batch':>8}{'C++, us':>12}{'Python, us':>12}{'more, us':>10}{'ratio':>8}")
        for batch, runs in ((1, 2000), (64, 40)):
            images = np.full((batch, *network.input_shape), 100, np.uint8)
            fastest_run(network, images, 2)
            plain, python = float("inf"), float("inf")
            for _ in range(ROUNDS):
                command = [program, file.name, str(batch), str(runs)]
                said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                plain = min(plain, float(said))
                python = min(python, fastest_run(network, images, runs))
            more = 1e6 * (python - plain)
            print(f"{batch:>8}{1e6 * plain:>12.1f}{1e6 * python:>12.1f}{more:>10.1f}"
                  f"{python / plain:>8.3f}")


if __name__ == "__main__":
    main()
