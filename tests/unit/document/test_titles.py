"""Titles: how strongly one says that it is a part of an ordered row."""

import pytest

from gonogo.document.reader.words.titles import (
    Order,
    exposures,
    order,
    part_name,
    turns_back,
)
from gonogo.document.reader.words.vocabulary import vocabulary

KNOWN = vocabulary()


@pytest.mark.parametrize(
    ("want", "title"),
    [
        (Order.NAME, "Phase 1: Prepare"),
        (Order.NAME, "Stage A - Canary"),
        (Order.NAME, "Rollout wave two"),
        (Order.NAME, "Second week"),
        (Order.NAME, "T-2h Freeze"),
        (Order.NAME, "24 hours before"),
        (Order.NAME, "OPS-12: Create it"),
        (Order.NAME, "10% of users"),
        (Order.NAME, "Rollout to 50%"),
        (Order.NAME, "\u221a\u00b0\u20ac Phase 1"),
        (Order.NUMBER, "2.1 Copy"),
        (Order.NUMBER, "3) Copy"),
        (Order.TOPIC, "Pre-deployment"),
        (Order.TOPIC, "Rollout phases"),
        (Order.NONE, "100% coverage of the API"),
        (Order.NONE, "2024 in numbers"),
        (Order.NONE, "Security"),
    ],
)
def test_a_title_says_its_order(want, title):
    """Names are stronger than numbers, numbers stronger than the order of topics."""
    assert want == order(title, KNOWN.topics(title), KNOWN)


@pytest.mark.parametrize(
    ("want", "title"),
    [
        ("etape 1", "Étape 1 : préparation"),
        ("fase 2", "Fase 2: Despliegue"),
        ("schritt 3", "Schritt 3 Umschalten"),
        ("passo 4", "Passo 4 - Validação"),
        ("stap 5", "Stap 5"),
        ("passaggio 6", "Passaggio 6"),
        ("フェーズ1", "フェーズ1: 準備"),
        ("第2段階", "第2段階"),
        ("第一阶段", "第一阶段: 准备"),
        ("阶段 三", "阶段 三"),
        (None, "Gestern"),
        (None, "1阶"),
    ],
)
def test_parts_are_named_in_nine_languages(want, title):
    """The word stands before its number, or behind it where the language does so."""
    assert want == part_name(title, KNOWN)


@pytest.mark.parametrize(
    ("want", "title"),
    [
        ((5.0,), "Canary (5%)"),
        ((5.0, 100.0), "Enable it (5% \u2192 100%)"),
        ((), "Keep CPU below 80%"),
        ((), "Raise the quota to 101%"),
        ((100.0,), "Raise it to 100%"),
    ],
)
def test_a_title_names_its_exposure(want, title):
    """Up to all of the traffic; a share of something else is no exposure."""
    assert want == exposures(title)


@pytest.mark.parametrize(
    ("want", "title"),
    [
        (True, "Rollback plan"),
        (True, "Retour arrière"),
        (False, "Rollback readiness"),
        (False, "Cleanup (needs a rollback plan)"),
    ],
)
def test_readiness_and_remarks_are_no_way_back(want, title):
    """What is said in brackets is said aside."""
    assert want is turns_back(title, KNOWN)
