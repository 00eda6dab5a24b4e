"""What the bot says of a pull request that it does not release."""

from pathlib import Path

from bot.sandbox.demo import material
from tests.conversations.conftest import Golden
from tests.conversations.scene import Scene


def test_a_breaking_change_declared_as_a_patch_is_blocked(scene: Scene, golden: Golden) -> None:
    ada = scene.person("ada")
    ada.begin_branch("newer-tensorflow")
    files = {
        material.CONDA: material.newer_tensorflow(ada.read(material.CONDA)),
        material.SPEC: material.at_version(ada.read(material.SPEC), "1.5.5", "Faster inference"),
    }

    talk = scene.propose("ada", "newer-tensorflow", "Use a newer TensorFlow", files)

    golden.matches("1-opened", talk.news())
    assert talk.commits() == ["Use a newer TensorFlow"]


def test_a_change_of_documents_releases_nothing(scene: Scene, golden: Golden) -> None:
    files = {"docs/on-call.md": "# On call\n\nRead the apply comment first.\n"}

    talk = scene.propose("ada", "on-call", "Say what to read first", files)

    golden.matches("1-opened", talk.news())
    assert talk.statuses() == {"envbot/release": "success, Nothing to release"}


def test_files_that_cannot_be_used_stop_the_whole_bulk_edit(scene: Scene, golden: Golden) -> None:
    ada = scene.person("ada")
    ada.begin_branch("bad-configs")
    spec = material.at_version(ada.read(material.SPEC), "1.5.6", "Log more")
    score = material.better_logging(ada.read(material.SCORE))
    plants = ada.folder / "config/plants"
    good = {path: path.read_bytes() for path in sorted(plants.glob("*/*.yml"))}
    for path, data in spoilt(good).items():
        path.write_bytes(data)
    link = plants / "P002/C002.yml"
    link.unlink()
    link.symlink_to("C001.yml")
    (ada.folder / material.SPEC).write_text(spec, encoding="utf-8")
    (ada.folder / material.SCORE).write_text(score, encoding="utf-8")
    ada.save("Improve logging, and touch some configs", "config", "environment")

    talk = scene.open("ada", "Improve logging, and touch some configs")
    golden.matches("1-nothing-is-edited", talk.news())
    assert talk.commits() == ["Improve logging, and touch some configs"]

    link.unlink()
    for path, data in good.items():
        path.write_bytes(data)
    ada.save("Restore the configs", "config")
    scene.settle()
    golden.matches("2-corrected", talk.news())
    assert talk.commits()[-1] == "Set environment_version 1.5.6 in 5 circuits"


def spoilt(files: dict[Path, bytes]) -> dict[Path, bytes]:
    """Return the files of five circuits, each with another mistake in it."""
    by_name = {f"{path.parent.name}/{path.stem}": path for path in files}

    def changed(name: str, before: bytes, after: bytes) -> tuple[Path, bytes]:
        path = by_name[name]
        assert before in files[path]
        return path, files[path].replace(before, after, 1)

    return dict(
        [
            changed("P001/C001", b"plant_id: 'P001'", b"plant_id: 'P001'\nplant_id: 'P001'"),
            changed("P001/C002", b'cutoff_date: "2025-11-01"', b"cutoff_date: *date"),
            changed("P001/C003", b'"1.5.0"', b"1.5"),
            changed("P002/C001", b'plant_id: "P002"', b'plant_id: "P007"'),
            changed("P002/C003", b"Feed pump", b"Pompe d'eau, c\xf4t\xe9 sud"),
        ]
    )
