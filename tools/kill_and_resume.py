"""Kill a run with signal 9 at random moments, resume it, and see whether its weights are, bit for bit, the same.

    python tools/kill_and_resume.py                                  # greblo-fc on FER2013, killed ten times
    python tools/kill_and_resume.py --data synthetic --kills 3       # without FER2013
    python tools/kill_and_resume.py --data synthetic --set network=convnet --set average=0.99 --set mixup=0.2 ...

One run goes through undisturbed. Each of the others is killed once and resumed; all must end with the same hash.
The number format is fixed, as two runs timed on a busy machine may choose two different ones.
"""

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from fer_lib.cli.arguments import field
from fer_lib.data import load
from fer_lib.train import Trainer, get_recipe
from fer_lib.train.checkpoint import delete_checkpoint, load_checkpoint

SECONDS_BETWEEN_CHECKPOINTS = 0.5


def parse():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--recipe", default="greblo-fc", help="name of a published recipe")
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="change a field of the recipe"
    )
    parser.add_argument("--data", default="auto", help="where FER2013 is, or 'synthetic'")
    parser.add_argument("--kills", type=int, default=10, help="how many runs to kill")
    parser.add_argument("--seed", type=int, default=0, help="decides the moments")
    parser.add_argument("--precision", default="float32", help="number format to train in")
    parser.add_argument("--checkpoint", type=Path, help=argparse.SUPPRESS)  # given to the processes that train
    return parser.parse_args()


def train(options):
    """Be the process that is killed: say when training starts, and how it ended."""
    recipe = get_recipe(options.recipe).changed(precision=options.precision, **dict(map(field, options.set)))
    train, validation, _ = load(options.data, labels=recipe.labels)
    trainer = Trainer(
        recipe, checkpoint=options.checkpoint, checkpoint_every=SECONDS_BETWEEN_CHECKPOINTS, progress=False
    )
    print("training", flush=True)
    model = trainer.fit(train, validation).model
    sha = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        sha.update(name.encode() + tensor.cpu().numpy().tobytes())
    print(sha.hexdigest(), flush=True)


def start(checkpoint):
    """Start a process that trains, and return it once it does."""
    root = str(Path(__file__).resolve().parents[1])
    process = subprocess.Popen(
        [sys.executable, __file__, *sys.argv[1:], "--checkpoint", checkpoint],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    if process.stdout.readline() != "training\n":
        sys.exit("the process that trains has failed: see above")
    return process


def finish(process):
    """Wait for a process and return the hash of the weights it ended with."""
    weights = process.stdout.read().strip()
    if process.wait():
        sys.exit("the process that trains has failed: see above")
    return weights


def kill(checkpoint, seconds):
    """Kill a run after some seconds of training; return the epoch and step to take it up at, None if there are none."""
    with start(checkpoint) as process:
        time.sleep(seconds)
        process.kill()
    if process.returncode not in (0, -signal.SIGKILL):
        sys.exit("the process that trains has failed: see above")
    saved = load_checkpoint(checkpoint)
    if process.returncode == 0 or saved is None or saved["epoch"] == saved["recipe"]["epochs"]:
        return None
    return saved["epoch"] + 1, saved["step"]


def main(options):
    dice = random.Random(options.seed)
    with TemporaryDirectory() as folder:
        process = start(Path(folder, "undisturbed.pt"))
        started = time.perf_counter()
        undisturbed = finish(process)
        duration = time.perf_counter() - started
        print(f"{options.recipe}, never killed: {duration:.0f} s, weights {undisturbed}\n")
        print("| run | killed after | taken up in epoch | after step | weights | same |")
        print("| ---: | ---: | ---: | ---: | --- | --- |")
        same = 0
        for number in range(1, options.kills + 1):
            checkpoint = Path(folder, f"{number}.pt")
            place = None
            while place is None:
                delete_checkpoint(checkpoint)
                seconds = dice.uniform(0, duration)
                place = kill(checkpoint, seconds)
            weights = finish(start(checkpoint))
            same += weights == undisturbed
            answer = "yes" if weights == undisturbed else "NO"
            print(f"| {number} | {seconds:.2f} s | {place[0]} | {place[1]} | {weights[:16]} | {answer} |", flush=True)
    print(f"\n{same} of {options.kills} killed runs ended with the weights of the run that was never killed")
    return 0 if same == options.kills else 1


if __name__ == "__main__":
    arguments = parse()
    sys.exit(train(arguments) if arguments.checkpoint else main(arguments))
