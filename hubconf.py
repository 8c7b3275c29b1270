"""For ``torch.hub.load("OWNER/REPOSITORY", NAME)``: trained models of the course, one function a name."""

dependencies = ["torch", "numpy", "safetensors"]


def _entry(name):
    def load():
        from fer_lib.models import load_model

        return load_model(name)

    load.__doc__ = f"The model of the run {name}: grey faces float32 [N, 1, 48, 48] from 0 to 1 in, logits out."
    return load


def _published():
    from pathlib import Path

    return sorted(file.stem for file in Path(__file__).parent.glob("data/weights/*.safetensors"))


globals().update({name.replace("-", "_"): _entry(name) for name in _published()})
