"""What a run tells whoever watches it, and that nobody pays for it who doesn't."""

from __future__ import annotations

import threading

from csatkit.progress import (
    Stage,
    Steps,
    Watch,
    interlude,
    is_watched,
    resume,
    stage,
    watching,
)


def test_nobody_watches_by_default() -> None:
    assert not is_watched()
    alone = stage("reading t.csv", "rows", 10)
    alone.add(10)
    assert (alone.done, is_watched()) == (10, False)


def test_a_watch_sees_what_begins_inside_its_block_alone() -> None:
    watch = Watch()
    assert (watch.stage, watch.n_rows) == (None, 0)
    with watching(watch):
        assert is_watched()
        first = stage("checking t.csv", "bytes", 30)
        second = stage("linking rows")
    stage("afterwards")
    assert watch.stages == [first, second]
    assert watch.stage is second
    assert not is_watched()


def test_a_thread_of_the_engine_counts_into_the_same_stage() -> None:
    read = Stage("reading t.csv", "rows", 800_000)

    def count() -> None:
        for _ in range(20_000):
            read.add(1)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read.done == 80_000


def test_totals_are_of_inputs_and_of_the_last_time_they_are_read() -> None:
    watch = Watch()
    with watching(watch):
        stage("checking t.csv", "bytes", 100).add(100)
        for _ in range(2):
            stage("reading t.csv", "rows", 7, n_bytes=100).add(7)
        stage("reading postgresql://db", "rows").add(5)
        stage("counting")
    assert (watch.n_rows, watch.n_bytes) == (12, 100)


def test_a_stage_goes_on_after_another() -> None:
    watch = Watch()
    with watching(watch):
        outer = stage("reading t.json", "bytes", 10)
        stage("looking through t.json", "bytes", 10)
        resume(outer)
        resume(outer)
    assert [s.what for s in watch.stages] == [
        "reading t.json", "looking through t.json", "reading t.json",
    ]  # fmt: skip


def test_what_interrupts_a_stage_gives_way_to_it_again() -> None:
    watch = Watch()
    with interlude("nobody watches"):
        pass
    with watching(watch):
        with interlude("the first of all"):
            pass
        stage("linking rows")
        with interlude("looking up rows"), interlude("counting rows"):
            assert watch.stage is not None
            assert watch.stage.what == "counting rows"
        assert watch.stage.what == "linking rows"


def test_steps_stand_beside_the_stages() -> None:
    watch = Watch()
    steps = Steps(2)
    with watching(watch):
        begun = stage("reading t.csv", "rows", 7)
        steps.step()
        assert (watch.step, watch.stage) == ((0, 2), begun)
        steps.step("bucket 1 of 1")
        assert watch.stage is not None
        assert (watch.step, watch.stage.what) == ((1, 2), "bucket 1 of 1")
        steps.close()
    assert watch.step is None
