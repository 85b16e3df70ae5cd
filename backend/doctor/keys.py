"""Whether the stored values open with the keys that are there. Counts them; opens none."""

from collections.abc import Iterator

from backend.doctor.findings import Finding, Verdict
from backend.privacy import rotation
from backend.privacy.rotation import Needs
from backend.runtime import Runtime


def keys_of(runtime: Runtime) -> Iterator[Finding]:
    needs = rotation.needs(runtime.cipher)
    yield from _missing(needs)
    for name, count in needs.old.items():
        yield _old(name, count)
    if not needs.missing and not needs.old:
        yield Finding(Verdict.GOOD, f"已存的密文都用钥匙「{runtime.cipher.current}」")


def _missing(needs: Needs) -> Iterator[Finding]:
    for name, count in needs.missing.items():
        if name:
            what = f"有 {count} 个已存的值要用钥匙「{name}」，TONGXIN_DATA_KEYS 里没有它"
            yield Finding(Verdict.BAD, what, "请把这把钥匙加回 TONGXIN_DATA_KEYS 的最后，再重新启动各个进程。")
        else:
            yield Finding(Verdict.BAD, f"有 {count} 个已存的值不是密文", "请从备份里恢复它们。")


def _old(name: str, count: int) -> Finding:
    if count:
        remedy = "定时任务会慢慢换好；要马上换，请运行 python manage.py rotate-keys"
        return Finding(Verdict.ADVICE, f"还有 {count} 个已存的值要用旧钥匙「{name}」", remedy)
    remedy = f"各个进程都用新设置启动以后，可以从 TONGXIN_DATA_KEYS 里去掉 {name} 了。"
    return Finding(Verdict.ADVICE, f"已存的值都不用旧钥匙「{name}」了", remedy)
