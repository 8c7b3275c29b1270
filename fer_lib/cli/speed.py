"""``fer-lib bench``: speed and memory on this machine."""

from fer_lib.cli.arguments import add_machine, add_source, command


def add_bench(commands):
    bench = commands.add_parser("bench", help="measure speed and memory on this machine")
    what = bench.add_subparsers(required=True, metavar="WHAT")
    forms = command(what, "forms", _bench_forms, "read FER2013 in each form: seconds first and cached, memory, digest")
    add_source(forms)
    train = command(what, "train", _bench_train, "a training step of each network: images/s, and the share of the data")
    train.add_argument("networks", nargs="*", help="names of networks; by default all that papers give")
    train.add_argument("--batch-size", type=int, default=128)
    add_machine(train)


def _bench_forms(options):
    from fer_lib.bench import forms

    print(forms.table(forms.forms(options.data)))


def _bench_train(options):
    from fer_lib.bench import steps

    print(
        steps.table(
            steps.steps(options.networks or steps.NETWORKS, options.batch_size, options.device, options.compile)
        )
    )
