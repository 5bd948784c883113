"""All dashboards and all saved searches, in the order that they are listed in."""

from search.kibana.assistants import ANSWERS, ASSISTANTS
from search.kibana.figures import DELIGHTED, MOVES, RESULTS, RUNS, VERBATIMS
from search.kibana.google import GOOGLE
from search.kibana.levers import LEVERS
from search.kibana.reputation import REPUTATION
from search.kibana.sources import SOURCES

SEARCHES = (VERBATIMS, DELIGHTED, RESULTS, MOVES, ANSWERS, RUNS)
DASHBOARDS = (REPUTATION, LEVERS, GOOGLE, ASSISTANTS, SOURCES)
