"""The page's own check of a proof (static/js/proof/verify.js), run in Node for as long as a test needs it."""

import json
import subprocess
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from cryptotrader.tests.support.node import JS, LIMIT_SECONDS, NODE

PROGRAM = """
import { createInterface } from "node:readline";
const { verify } = await import("%s/proof/verify.js");
const { Unreadable } = await import("%s/proof/faults.js");
const { check } = await import("%s/proof/verify.js");
const { CHAIN, keptIn, receiptsIn } = await import("%s/proof/receipts/chain.js");
const { readJson } = await import("%s/proof/json.js");
async function answer({ document, jwks, published, chain, kept }) {
    try {
        const receipts = () => ({
            proof: null, chain: receiptsIn(chain), kept: kept ? keptIn(kept) : [], jwks: readJson(jwks),
        });
        const { verdict, steps, faults, notes } = chain === undefined
            ? await verify(document, jwks, published)
            : await check(receipts(), CHAIN);
        return { verdict, steps, faults: faults.map(({ code, detail }) => [code, detail]), notes };
    } catch (error) {
        if (error instanceof Unreadable) return { unreadable: error.message };
        return { broken: error.stack };
    }
}
for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(JSON.parse(line))));
}
"""


@dataclass(frozen=True, slots=True)
class Answer:
    verdict: str
    steps: dict[str, str]
    """The state of each check by its name."""

    faults: list[tuple[str, str]]
    notes: list[str]

    @property
    def codes(self) -> set[str]:
        return {code for code, _ in self.faults}


class BrowserCheck:
    """A context manager. Raises RuntimeError when the script breaks on a proof."""

    def __enter__(self) -> Self:
        if NODE is None:
            raise RuntimeError("Node isn't installed: make install")
        program = PROGRAM.replace("%s", JS.as_uri())
        command = [NODE, "--no-warnings", "--input-type=module", "--eval", program]
        self._node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._node.communicate(timeout=LIMIT_SECONDS)

    def verify(self, document: str, jwks: object, published: object = None) -> Answer | None:
        """The answer about a downloaded proof; None for one that it can't read."""
        asked: dict[str, Any] = {"document": document, "jwks": json.dumps(jwks)}
        if published is not None:
            asked["published"] = json.dumps(published)
        return self._ask(asked)

    def verify_chain(self, jwks: object, chain: str, kept: str = "") -> Answer | None:
        """The answer about a file of a wallet's receipts and a file of kept ones; None for a file that has none."""
        return self._ask({"jwks": json.dumps(jwks), "chain": chain, "kept": kept})

    def _ask(self, asked: dict[str, Any]) -> Answer | None:
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps(asked) + "\n")
        self._node.stdin.flush()
        told = json.loads(self._node.stdout.readline())
        if "broken" in told:
            raise RuntimeError(told["broken"])
        if "unreadable" in told:
            return None
        steps = {step["name"]: step["state"] for step in told["steps"]}
        return Answer(told["verdict"], steps, [(code, detail) for code, detail in told["faults"]], told["notes"])
