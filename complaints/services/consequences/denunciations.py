"""What the steps of a denunciation record."""

from collections.abc import Mapping

from complaints.services.consequences.petitions import reclassify
from complaints.services.consequences.shared import CaseConsequence, accept, close, decide, end, extend

CONSEQUENCES: Mapping[str, CaseConsequence] = {
    "lengthen_check": extend,
    "accept": accept,
    "extend": extend,
    "conclude": decide,
    "close": close,
    "refuse": end("refused"),
    "terminate": end("terminated"),
    "to_investigation": end("to_investigation"),
    "reclassify": reclassify,
}
