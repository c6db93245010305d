"""Sources: what a folder and the names of variables offer, and what they do not."""

import pytest

from gonogo.bootstrap.sources import find_sources

FLAGS = """{"flags": {"cart": {"state": "ENABLED", "variants": {"on": true, "off": false},
"defaultVariant": "off"}}}"""


@pytest.fixture
def folder(tmp_path):
    """Give a function: a project folder with these files, by path and text."""

    def make(**files):
        for path, text in files.items():
            place = tmp_path / "shop" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        (tmp_path / "shop").mkdir(exist_ok=True)
        return tmp_path / "shop"

    return make


def test_an_empty_folder_has_a_name_and_nothing_else(folder):
    """What is not there is said to be not there."""
    found = find_sources(folder(), ())
    assert "shop" == found.service
    assert [None] * 6 == [value for _, value in found.told()[1:]]


REMOTES = {
    "over ssh": "git@github.com:acme/cart.git",
    "over https": "https://forge.example/acme/cart",
    "with a slash": "ssh://forge.example/cart.git/",
}


@pytest.mark.parametrize("url", REMOTES.values(), ids=REMOTES)
def test_the_service_is_called_as_its_repository(folder, url):
    """The name of the remote is better than that of somebody's folder."""
    config = f'[remote "origin"]\n\turl = {url}\n'
    assert "cart" == find_sources(folder(**{".git/config": config}), ()).service


VARIABLES = {
    "by its name": (("DATABASE_URL", "X_DATABASE_URL"), "DATABASE_URL"),
    "the only one like it": (("QC_DATABASE_URL", "HOME"), "QC_DATABASE_URL"),
    "none of two": (("A_DATABASE_URL", "B_DATABASE_URL"), None),
    "none that only ends alike": (("MYDATABASE_URL",), None),
}


@pytest.mark.parametrize(("names", "found"), VARIABLES.values(), ids=VARIABLES)
def test_a_variable_is_found_by_its_name_where_only_one_is_meant(folder, names, found):
    """Between two a person chooses."""
    assert found == find_sources(folder(), names).database


MIGRATIONS = {
    "SQL files, the newest": (
        (
            "db/migrations/1_a.up.sql",
            "db/migrations/2_b.up.sql",
            "db/migrations/2_b.down.sql",
        ),
        ("2_b", "db/migrations/2_b.up.sql", "db/migrations/2_b.down.sql", True),
    ),
    "an SQL file without a way back": (
        ("migrations/1_a.up.sql",),
        ("1_a", "migrations/1_a.up.sql", None, True),
    ),
    "Alembic": (
        ("alembic.ini", "alembic/versions/3f_a.py"),
        ("next revision", "alembic upgrade +1", "alembic downgrade -1", False),
    ),
    "Prisma": (
        ("prisma/migrations/2024_a/migration.sql",),
        ("2024_a", "npx prisma migrate deploy", None, False),
    ),
    "Rails": (
        ("db/migrate/1_a.rb", "db/migrate/2_b.rb"),
        (
            "2_b",
            "bin/rails db:migrate:up VERSION=2",
            "bin/rails db:migrate:down VERSION=2",
            False,
        ),
    ),
}


@pytest.mark.parametrize(("files", "expected"), MIGRATIONS.values(), ids=MIGRATIONS)
def test_the_newest_migration_is_found_with_what_reverses_it(folder, files, expected):
    """Up and down are of one migration, never more."""
    found = find_sources(folder(**dict.fromkeys(files, "")), ()).migration
    assert expected == (found.name, found.up, found.down, found.by_script)


def test_migrations_of_installed_packages_are_not_the_project_s(folder):
    """What others wrote, and what is hidden, is left out."""
    files = dict.fromkeys(("node_modules/x/1.up.sql", ".venv/1.up.sql"), "")
    assert find_sources(folder(**files), ()).migration is None


def test_a_flag_file_is_known_by_its_form(folder):
    """A JSON file with another content, or a broken one, is none."""
    files = {"a.json": "{", "b.json": '{"flags": 3}', "c/flags.json": FLAGS}
    found = find_sources(folder(**files), ()).flags
    assert ("c/flags.json", ("cart",)) == (found.file, found.flags)


HEALTH = {
    "compose.yaml": (
        "test: curl -f http://localhost:8080/healthz || exit 1",
        "/healthz",
    ),
    "docker-compose.prod.yml": (
        'test: ["CMD", "wget", "http://x/api/health"]',
        "/api/health",
    ),
    "package.json": (
        '{"scripts": {"up": "wait-on http://localhost:3000/health"}}',
        "/health",
    ),
    "Procfile": ("web: serve --health-path /livez", "/livez"),
}


@pytest.mark.parametrize(
    ("name", "text", "path"), [(n, *row) for n, row in HEALTH.items()], ids=HEALTH
)
def test_a_health_path_is_read_from_what_starts_the_service(folder, name, text, path):
    """The path counts; host and port of a development machine do not."""
    found = find_sources(folder(**{name: text}), ()).health
    assert (path, name) == (found.path, found.file)


def test_a_service_without_a_health_path_has_none(folder):
    """Other paths of the file mean nothing."""
    files = {"compose.yaml": "image: acme/healthy\nvolumes: [./data:/var/lib]\n"}
    assert find_sources(folder(**files), ()).health is None
