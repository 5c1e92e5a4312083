"""Links between claims: the same quote, the same figure, a changed or contradicted figure, the same predicted event.

``find`` compares the claims of a whole store; ``stored`` reads them from it and writes the links back.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.linking import clusters, figures, predictions, quotes
from pipeline.linking.items import Amount, Item, Link, Linked, Prediction, Quote


def find(items: Iterable[Item]) -> Linked:
    """The links among claims, and the clusters that they form; the same for any order of the items.

    Claims with the same id (articles with equal text) count once. Takes time proportional to the number of claims.
    """
    known = {item.claim_id: item for item in sorted(items, key=lambda i: i.order, reverse=True)}
    ordered = sorted(known.values(), key=lambda i: i.order)
    found: list[Link] = [
        *quotes.links([i for i in ordered if isinstance(i, Quote)]),
        *figures.links([i for i in ordered if isinstance(i, Amount)]),
        *predictions.links([i for i in ordered if isinstance(i, Prediction)]),
    ]
    links = tuple(sorted(found, key=lambda link: (link.claim_id, link.other_claim_id)))
    return Linked(links, clusters.of(links, [item.claim_id for item in ordered]))
