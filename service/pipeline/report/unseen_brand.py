"""A brand whose sources all failed: its readers get no digest of it, and whoever runs the service one mail.

A digest of which nothing could be read says nothing to those who read it. Once one of the sources is read
again it goes as usual; until then the next one says which did not. It cannot see whether the mail was read.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ouidire.mailing.delivery import DeliveryKey, Ledger
from ouidire.period import Period
from reports.coverage.observation import BAD
from reports.data.context import DigestContext
from reports.delivery.deliver import Transport
from reports.rendering.operator_mail import render_operator_mail
from service.pipeline.configured_sources import configured_sources
from service.pipeline.installation import Installation
from service.pipeline.report.sending import OPERATOR, SendResult, send_mail

EDITION = "unseen"
"""The edition of the mail to the operator in the ledger."""
FAILED = BAD
"""How a source's last run ended that counts as failed: one that waits, or that nobody ran, has not."""


class UnseenBrand(NamedTuple):
    """A brand of which nothing was read in a period, and how many readers get no digest of it."""

    context: DigestContext
    period: Period
    recipients: int

    @property
    def brand(self) -> str:
        """Its slug."""
        return self.context.brand.slug


def is_unseen(installation: Installation, context: DigestContext) -> bool:
    """Whether every source of a context's brand failed, and nothing of the brand was read in the period."""
    if context.talk.volume.figure.n:
        return False
    brand, asked = context.brand.slug, context.scope.sources
    keys = {
        each.key
        for each in configured_sources(installation.settings)
        if (not each.settings.brands or brand in each.settings.brands)
        and (not asked or each.source.slug in asked)
    }
    failed = {gap.source_key for gap in context.blind.missing if gap.status in FAILED}
    return bool(keys) and keys <= failed


def tell_operator(
    installation: Installation, unseen: Sequence[UnseenBrand], *, ledger: Ledger, transport: Transport
) -> list[SendResult]:
    """Send one mail for each brand and period, once ever; return what became of each, and of its digests.

    Where no operator is configured nobody gets one, and the result says what to write.
    """
    settings = installation.settings
    operator = settings.digest.operator or settings.digest.bounces
    results = []
    by_brand = {(each.brand, each.period.key): each for each in reversed(unseen)}
    for about, each in sorted(by_brand.items()):
        count = sum(other.recipients for other in unseen if (other.brand, other.period.key) == about)
        what = f"digest {each.brand} {each.period.key}: every source failed, so that nobody gets it"
        if operator is None:
            what += "; [digest] operator = an address would be told by mail"
        results.append(SendResult(*about, "", "withheld", problem=what, recipients=count))
        if operator is None:
            continue
        key = DeliveryKey(
            report=OPERATOR, edition=EDITION, brand=each.brand, period=each.period.key, recipient=operator
        )
        message = render_operator_mail(each.context, settings.language)
        results.append(send_mail(installation, message, key, ledger=ledger, transport=transport))
    return results
