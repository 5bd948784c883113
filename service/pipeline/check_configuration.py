"""Checks a whole configuration, sources' parameters included; nothing is fetched."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from ouidire.errors import ConfigError, StateError
from ouidire.frozen import Frozen
from ouidire.settings.configuration import Settings, secret
from ouidire.settings.safety import is_loopback, secret_in_path
from ouidire.state.databases import unencrypted_host
from ouidire.text.catalogue import Catalogue, catalogue
from service.pipeline.configured_sources import ConfiguredSource, configured_sources
from service.pipeline.index_backend import login_of
from service.pipeline.open_files import open_files
from service.pipeline.people.sign_on_check import agent_problems, sign_on_problems
from service.pipeline.report.beginning import HOW, has_begun, waits_for_a_person
from service.pipeline.unmatched import unmatched

DAY = 24
"""Hours of a day."""


class CheckReport(Frozen):
    """A configuration in words, and warnings of what would not work as things stand."""

    brands: tuple[str, ...]
    sources: tuple[str, ...]
    recipients: int
    lines: tuple[str, ...]
    warnings: tuple[str, ...]


def check(settings: Settings, *, now: datetime) -> CheckReport:
    """Check everything that can be without the network, at the moment `now`.

    Raises ConfigError with every problem; a service that has ended is one.
    """
    sources = configured_sources(settings)
    endings = list(_endings(sources, now))
    ended = [line for line, is_over in endings if is_over]
    if ended:
        raise ConfigError(ended)
    alerted = sum(each.alerts for each in settings.recipient)
    words = catalogue(settings.language, "check")
    brands = ", ".join(f"{each.name} ({words.text(f'report.{each.role}')})" for each in settings.brand)
    way = words.text("report.smtp" if settings.smtp else "report.outbox")
    lines = [
        words.fill("report.brands", list=brands),
        words.fill("report.sources", list=str(len(sources))),
        *(f"  {each.key}, {_interval(each, words)}" for each in sources),
        words.fill("report.recipients", count=str(len(settings.recipient)), way=way),
        words.fill("report.alerts", recipients=str(alerted), channels=str(len(settings.channel))),
    ]
    return CheckReport(
        brands=tuple(each.slug for each in settings.brand),
        sources=tuple(each.key for each in sources),
        recipients=len(settings.recipient),
        lines=tuple(lines),
        warnings=(*(line for line, _ in endings), *_warnings(settings, sources)),
    )


def _warnings(settings: Settings, sources: list[ConfiguredSource]) -> list[str]:
    found: list[str] = []
    if not sources:
        found.append("no source is configured: nothing will be collected")
    if not settings.recipient:
        found.append("no recipient is configured: no digest will be made")
    if any(each.source.about.access == "web" for each in sources) and settings.fetch.contact is None:
        found.append("fetch.contact is not set: a site's owner cannot reach you; give an address or a URL")
    found += _browser_warnings(settings, sources)
    for each in sources:
        found += [
            f"source[{each.number}]: the environment variable {name} is not set"
            for field, name in each.params
            if field.endswith("_env")
            and name
            and not os.environ.get(name)
            and not os.environ.get(f"{name}_FILE")
        ]
    found += unmatched(settings, sources)
    found += _server_warnings(settings)
    found += _beginning_warnings(settings)
    found += _rename_warnings(settings, sources)
    found += _delivery_warnings(settings)
    found += _service_warnings(settings)
    found += _address_warnings(sources)
    found += open_files(settings)
    if settings.index.backend == "elasticsearch":
        try:
            login_of(settings)
        except ConfigError as error:
            found += error.problems
    found += [
        f"source[{each.number}]: {each.source.about.legal_note}"
        for each in sources
        if each.source.about.opt_in
    ]
    return found


def _endings(sources: list[ConfiguredSource], now: datetime) -> Iterator[tuple[str, bool]]:
    """Yield a line for each source whose service ends on a known day, and whether that day has come."""
    for each in sources:
        ending = each.source.ending(each.params)
        if ending is not None:
            is_over = now.date() >= ending.on
            when = f"ended on {ending.on}" if is_over else f"ends on {ending.on}"
            yield f"source[{each.number}]: its service {when}: {ending.advice}", is_over


def _browser_warnings(settings: Settings, sources: list[ConfiguredSource]) -> list[str]:
    """Warn of a browser that is configured and not there, or needed and not found."""
    from crawlers.engine.browser.launch import find_browser

    configured = settings.fetch.browser
    is_needed = any(each.source.about.renders and getattr(each.params, "render", True) for each in sources)
    if (configured is None and not is_needed) or find_browser(configured) is not None:
        return []
    if configured is not None:
        return [f"fetch.browser: {configured} is no program that can be started; give its whole path"]
    return ["a source needs Chromium and none was found: install it, or set fetch.browser"]


def _address_warnings(sources: list[ConfiguredSource]) -> list[str]:
    """Warn of sources whose address looks as if a part of its path were a token."""
    return [
        f"source[{each.number}]: a part of its address looks like a token, and would stand in names, labels "
        "and logs; if it is one, write {secret:NAME} in its place"
        for each in sources
        if secret_in_path(str(getattr(each.params, "url", "")))
    ]


def _server_warnings(settings: Settings) -> list[str]:
    """Warn of a state on another machine, to which its password and what people wrote may go in the clear."""
    host = unencrypted_host(settings.state_url)
    if host is None:
        return []
    advice = "add sslmode=verify-full&sslrootcert=system to its options"
    return [f"state.url: what goes to {host} may cross the network unencrypted; {advice}"]


def _beginning_warnings(settings: Settings) -> list[str]:
    """Say that no mail is sent by itself before a person has tried one, or named a day."""
    from service.pipeline.losses import kept_state

    if not waits_for_a_person(settings):
        return []
    try:
        state = kept_state(settings)
    except (ConfigError, StateError) as error:
        return [str(error)]
    if state is not None:
        begun = has_begun(state)
        state.close()
        if begun:
            return []
    return [f"digest: nothing is sent by itself yet: {HOW}"]


def _rename_warnings(settings: Settings, sources: list[ConfiguredSource]) -> list[str]:
    """Ask whether a brand was renamed or a source moved, where there is a state that knows them."""
    from service.pipeline.collect.moved_sources import moved_questions
    from service.pipeline.keep.rename_brands import brand_question
    from service.pipeline.losses import kept_state

    try:
        state = kept_state(settings)
    except (ConfigError, StateError) as error:
        return [str(error)]
    if state is None:
        return []
    asked = brand_question(settings, state)
    moved = moved_questions(sources, state)
    state.close()
    return [*([] if asked is None else [asked.line]), *moved.values()]


def _service_warnings(settings: Settings) -> list[str]:
    """Warn of pages that nobody can see, and of a service that would not start, for want of a login."""
    return [*sign_on_problems(settings), *agent_problems(settings), *_password_warnings(settings)]


def _password_warnings(settings: Settings) -> list[str]:
    serve = settings.serve
    if serve.password_env or serve.password_file:
        path = settings.base / serve.password_file if serve.password_file else None
        try:
            secret(env=serve.password_env, file=path, what="serve.password")
        except ConfigError as error:
            return error.problems
        return []
    if serve.oidc is not None or _has_accounts(settings):
        return []
    if not is_loopback(serve.host):
        return [f"serve.host: without serve.password_file the service does not start at {serve.host}"]
    if serve.url is not None:
        answered = "only links of mails, /healthz and /readyz are answered"
        return [f"serve.url: without serve.password_file {answered}: a proxy may stand before this machine"]
    return []


def _has_accounts(settings: Settings) -> bool:
    """Return whether there is a state that holds an account."""
    from ouidire.state.people.accounts import any_account
    from service.pipeline.losses import kept_state

    try:
        state = kept_state(settings)
    except (ConfigError, StateError):  # the rename warnings say why
        return False
    if state is None:
        return False
    with state.read() as connection:
        found = any_account(connection)
    state.close()
    return found


def _delivery_warnings(settings: Settings) -> list[str]:
    """Warn of broken templates, and of secrets of the mail server and of channels that cannot be read."""
    from reports.rendering.templating import templates_of

    checks: list[Callable[[], object]] = [lambda: templates_of(settings.template_folder)]
    if settings.smtp is not None:
        server = settings.smtp
        checks.append(
            lambda: secret(env=server.password_env, file=server.password_file, what="smtp.password")
        )
    for channel in settings.channel:
        for env, file, what in (
            (channel.url_env, channel.url_file, "url"),
            (channel.secret_env, channel.secret_file, "secret"),
        ):
            path = settings.base / file if file else None
            checks.append(partial(secret, env=env, file=path, what=f"channel {channel.name}: {what}"))
    found: list[str] = []
    for each in checks:
        try:
            each()
        except ConfigError as error:
            found += error.problems
    return found


def _interval(each: ConfiguredSource, words: Catalogue) -> str:
    if each.settings.cron is not None:
        return words.fill("report.at", cron=each.settings.cron)
    hours = each.settings.every.total_seconds() / 3600
    if hours >= DAY:
        return words.fill("report.every_days", count=f"{hours / DAY:g}")
    return words.fill("report.every_hours", count=f"{hours:g}")
