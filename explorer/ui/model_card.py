"""A trained network's model card: what it is, how it was made, how good it is, and what it cannot know."""

from __future__ import annotations

import html

import streamlit as st

from explorer.trained import cards, zoo
from explorer.trained.zoo import TrainedNetwork
from explorer.ui import downloads
from explorer.ui.plain_text import plain

KEY = "card"
_OPTIMIZERS = {"adamw": "AdamW", "sgd": "stochastic gradient descent with Nesterov’s momentum", "muon": "Muon"}

_PRECISIONS = {
    "int8": "8 bits a weight: whole numbers up to 127, times the step of their map",
    "float16": "float16",
    "float32": "float32",
}


def say_missing(name: str, error: ValueError) -> None:
    """Say that a network is not here, or its files are altered, and what to do; the rest of the app works on."""
    files = [f"{name}.safetensors", f"{name}.json"]
    if not any((zoo.MODELS / file).exists() for file in files):
        st.info(
            "**This network is not here.** This copy of the project has neither its weights nor its model card "
            f"(`{files[0]}` and `{files[1]}` in `assets/models`). Get the project's newest version, or train it "
            f"yourself: `python -m explorer.trained.training {name}`. The other networks and pages work on."
        )
        return
    st.error(
        f"{plain(error)}\n\nFrom the project's history: `git checkout -- assets/models/{name}.json "
        f"assets/models/{name}.safetensors`. To train it yourself: `python -m explorer.trained.training {name}`. "
        "The other networks and pages work on."
    )


@st.fragment
def show(network: TrainedNetwork) -> None:
    """Offer the card; its content is made only while it is open."""
    with st.expander("Model card: how good is it, and what can't it know?", key=KEY, on_change="rerun") as opened:
        if not opened.open:
            return
        card = network.card
        st.markdown(_goodness(card))
        st.markdown("\n".join(f"- {sentence}" for sentence in card["limits"]))
        st.markdown("**Taken for what?** A row is a class as it is, a column what the network said.")
        st.html(confusion_table(card))
        downloads.row(f"{KEY}.confusion", [confusion_csv(network.name, card)])
        st.markdown(_making(card))
        st.dataframe(
            [
                {
                    "Layer": row["name"],
                    "Kind": row["kind"].replace("_", " "),
                    "Output": " × ".join(map(str, row["output_shape"])),
                    "Parameters": row["parameters"],
                }
                for row in card["network"]["layers"]
            ],
            hide_index=True,
            height="content",
            width="content",
        )
        st.download_button(
            "Download the card as JSON",
            cards.as_text(card),
            f"{network.name}.json",
            mime="application/json",
            key=f"{KEY}.download",
            on_click="ignore",
        )


def _goodness(card: cards.Card) -> str:
    said = card["accuracy"]
    low, high = said["range_95"]
    by_class = sorted(said["by_class"].items(), key=lambda row: row[1]["accuracy"])
    worst, best = by_class[0], by_class[-1]
    goal = cards.missed(card)
    short = "" if goal is None else f" **It falls short of the {goal:.0%} that it was to reach.**"
    return (
        f"**Right on {said['right']:,} of {said['pictures']:,} test pictures: {said['overall']:.1%}.**{short} "
        f"Chance allows {low:.1%} to {high:.1%} (Wilson's 95 % interval). "
        f"Best on {best[0]} ({best[1]['accuracy']:.0%}), worst on {worst[0]} ({worst[1]['accuracy']:.0%})."
    )


def _making(card: cards.Card) -> str:
    data, made = card["data"], card["training"]
    settled = made.get("settled") or []
    stayed = f" {' and '.join(settled)} learned for {made['settles']} of them." if settled else ""
    part = made.get("easy", 1.0)
    seen = f" Of the pictures that were easier for it, two in three, an epoch saw {part:.0%}." if part < 1 else ""
    averaged = ", the weights averaged" if made["averaging"] else ""
    onward = f", going on from {_epochs(made['begun_from'])} before" if "begun_from" in made else ""
    share = made.get("share", 1.0)
    between = (
        f" The weights are an average: {share:.0%} what it ended with, the rest what it went on from."
        if share < 1
        else ""
    )
    grown, still = made.get("grown") or [], made.get("still") or []
    new = "were new: they began by handing their" if len(grown) > 1 else "was new: it began by handing its"
    larger = f" {_listed(grown)} {new} maps on." if grown else ""
    stayed += f" {_listed(still)} stayed as they were." if still else ""
    size = card["weights"]["bytes"]
    return (
        f"**Learned from** {data['learned_from']:,} pictures of {data['title']} ({data['reference']}; terms: "
        f"{data['terms']}). {data['held_out']:,} more were held out to watch the learning, and {data['test']:,} "
        f"were only looked at once it was over.  \n"
        f"**How** {made['epochs']} epochs of {_OPTIMIZERS[made['optimizer']]}{averaged}{onward}.{larger}{stayed}"
        f"{seen}{between}{made.get('note', '')} Each picture was {made['augmentation']}. "
        f"{made['minutes']:g} minutes on a processor; seed {made['seed']}.  \n"
        f"**Again** `{made['command']}`{_beginning(made)}  \n"
        f"**File** {size / 1000:,.0f} kB, {_PRECISIONS[card['weights']['precision']]}"
    )


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _epochs(made: cards.Card) -> int:
    """Count the epochs of a training and of all that it went on from."""
    return int(made["epochs"]) + (_epochs(made["begun_from"]) if "begun_from" in made else 0)


def _beginning(made: cards.Card) -> str:
    """Say where a training that went on began: with what is shipped now its command would go further."""
    if "begun_from" not in made:
        return ""
    sha256, reached = made["begun_from"]["sha256"], made["begun_from"]["accuracy"]
    if reached is None:
        return (
            f", from weights that were not shipped (SHA-256 {sha256[:8]}…): docs/training.md says what came before"
        )
    return f", from the weights before these (SHA-256 {sha256[:8]}…, {reached:.1%}), in the project's history"


def confusion_csv(name: str, card: cards.Card) -> downloads.File:
    """Return the confusion matrix as CSV: a row is a class as it is, a column what the network said."""
    lines = [(actual, *counts) for actual, counts in zip(card["classes"], card["confusion"], strict=True)]
    return downloads.table("Download this table as CSV", f"{name}-taken-for", ("class", *card["classes"]), lines)


def confusion_table(card: cards.Card) -> str:
    """Write the confusion matrix as a table: what is right in violet, what is wrong in the ink of its share.

    Parameters
    ----------
    card
        With ``classes``, ``confusion`` and ``accuracy``.
    """
    classes = [html.escape(str(name)) for name in card["classes"]]
    head = "".join(f"<th scope=col><span>{name}</span></th>" for name in classes)
    rows = []
    for actual, (name, counts) in enumerate(zip(classes, card["confusion"], strict=True)):
        total = max(1, sum(counts))
        cells = "".join(
            f'<td class="{"right" if said == actual else "wrong" if count else "none"}" '
            f'style="--share:{round(100 * (count / total) ** 0.8)}%">{count}</td>'
            for said, count in enumerate(counts)
        )
        rows.append(f"<tr><th scope=row>{name}</th>{cells}<td class=part>{counts[actual] / total:.0%}</td></tr>")
    body = "".join(rows)
    table = f"<thead><tr><td></td>{head}<th scope=col><span>right</span></th></tr></thead><tbody>{body}</tbody>"
    return (
        f"{_STYLE}<div class=confusion role=region tabindex=0 aria-label='What was taken for what'>"
        f"<table>{table}</table></div>"
    )


_STYLE = """<style>
.confusion { overflow-x: auto; max-width: 100%; }
.confusion table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.875rem; }
.confusion th { font-weight: 400; text-align: left; padding: 2px 8px 2px 0; white-space: nowrap; }
.confusion thead th { vertical-align: bottom; padding: 0; }
.confusion thead span { writing-mode: vertical-rl; transform: rotate(180deg); padding: 0 0 4px; }
.confusion td { width: 2.9em; height: 2em; text-align: center; border: 1px solid rgba(128, 136, 146, 0.3); }
.confusion thead td { border: 0; }
.confusion .right { background: color-mix(in srgb, #7c3aed calc(var(--share) * 0.35), transparent);
  font-weight: 700; }
.confusion .wrong { background: color-mix(in srgb, #d97706 calc(var(--share) * 0.9), transparent); }
.confusion .none { opacity: 0.45; }
.confusion .part { border: 0; padding-left: 8px; }
</style>"""
