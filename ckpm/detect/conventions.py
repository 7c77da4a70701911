"""Where machine learning tools and people keep data and models, by the names of root sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ckpm.system.host import Host

# In the order in which the tools themselves look, as the documentation above each line says.
PLACES: Mapping[str, tuple[str, ...]] = {
    # ckpm's own variable, then https://detectron2.readthedocs.io/en/latest/tutorials/
    # builtin_datasets.html, then what people type; mmdetection keeps data in its checkout
    # (https://mmdetection.readthedocs.io/en/latest/user_guides/dataset_prepare.html).
    "data": (
        "$CKPM_DATA",
        "$DETECTRON2_DATASETS",
        "/data",
        "/datasets",
        "/mnt/data",
        "/mnt/datasets",
        "/srv/data",
        "/srv/datasets",
        "/scratch/data",
        "~/data",
        "~/datasets",
        "~/mmdetection/data",
    ),
    "models": ("$CKPM_DATA", "$CKPM_DATA/models", "/models", "/data/models", "~/models"),
    # https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
    "huggingface": (
        "$HF_HUB_CACHE",
        "$HUGGINGFACE_HUB_CACHE",
        "$HF_HOME/hub",
        "$XDG_CACHE_HOME/huggingface/hub",
        "~/.cache/huggingface/hub",
    ),
    # https://docs.pytorch.org/docs/stable/hub.html#where-are-my-downloaded-models-saved
    "torch": ("$TORCH_HOME", "$XDG_CACHE_HOME/torch", "~/.cache/torch"),
    # https://www.tensorflow.org/datasets/api_docs/python/tfds/load
    "tfds": ("$TFDS_DATA_DIR", "~/tensorflow_datasets"),
    # https://keras.io/api/utils/python_utils/#getfile-function
    "keras": ("$KERAS_HOME", "~/.keras"),
    # https://github.com/openai/whisper and https://github.com/openai/CLIP: `download_root`
    "whisper": ("$XDG_CACHE_HOME/whisper", "~/.cache/whisper"),
    "clip": ("~/.cache/clip",),
    # https://github.com/ctuning/ck-env: packages are installed into CK_TOOLS
    "ck": ("$CK_TOOLS", "~/CK-TOOLS"),
    # https://docs.mlcommons.org/mlcflow/, and its predecessor: the results of scripts
    "mlc": (
        "$MLC_REPOS/local/cache",
        "~/MLC/repos/local/cache",
        "$CM_REPOS/local/cache",
        "~/CM/repos/local/cache",
    ),
}


def snapshots(host: Host, hub: str, repository: str) -> Iterable[str]:
    """Return the snapshots of ``openai/clip-vit-base-patch32`` or ``datasets/rajpurkar/squad``.

    That of the branch ``main`` comes first, then the others by their commits. The layout is that of
    https://huggingface.co/docs/huggingface_hub/guides/manage-cache.
    """
    is_dataset = repository.startswith("datasets/")
    kind, name = ("datasets", repository[9:]) if is_dataset else ("models", repository)
    directory = f"{hub}/{kind}--{name.replace('/', '--')}"
    main = host.read(f"{directory}/refs/main", 64).decode("ascii", "replace").strip()
    commits = sorted(host.names(f"{directory}/snapshots"), key=lambda commit: commit != main)
    return [f"{directory}/snapshots/{commit}" for commit in commits]
