"""Names to addresses for Scrapy's connections, leaving out every address that the guard refuses.

Twisted connects to the very addresses that its resolver hands out, so that a name which answers differently
the second time (DNS rebinding) is judged the second time as well.
"""

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from ouidire.system.guard import Guard


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves by another resolver and passes on what the guard allows.

    `refused` has the hosts that lost an address.
    """

    def __init__(self, resolver: Any, guard: Guard) -> None:  # noqa: ANN401 (a zope interface)
        self._resolver = resolver
        self._guard = guard
        self.refused: set[str] = set()

    def resolveHostName(  # noqa: N802 (Twisted's name)
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803 (Twisted's name)
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolve a name; see IHostnameResolver."""

        def allowed(address: str) -> bool:
            if self._guard.may_connect(hostName, portNumber, address):
                return True
            self.refused.add(hostName)
            return False

        receiver = _Filter(resolutionReceiver, allowed)
        resolution: IHostResolution = self._resolver.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return resolution


@implementer(IResolutionReceiver)
class _Filter:
    def __init__(self, receiver: Any, allowed: Callable[[str], bool]) -> None:  # noqa: ANN401 (a zope interface)
        self._receiver = receiver
        self._allowed = allowed

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803 (Twisted's names)
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:  # noqa: ANN401, N802 (Twisted's name)
        if self._allowed(address.host):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802 (Twisted's name)
        self._receiver.resolutionComplete()


def install_resolver(guard: Guard) -> GuardedResolver:
    """Make the installed reactor resolve names by the system, through the guard; both IPv4 and IPv6."""
    from twisted.internet import reactor
    from twisted.internet._resolver import GAIResolver

    resolver = GuardedResolver(GAIResolver(reactor, reactor.getThreadPool), guard)
    reactor.installNameResolver(resolver)
    return resolver
