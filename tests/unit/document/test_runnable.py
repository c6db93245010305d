"""Runnable: what a person has to do, and what only looks like it."""

import pytest

from gonogo.document.reader.commands.runnable import why_not_shell, why_not_sql

TYPED = "It waits for someone to type."
ENDLESS = "It never ends by itself."
CHOICE = "It holds alternatives, of which one has to be chosen."


@pytest.mark.parametrize(
    "line",
    [
        "psql $DATABASE_URL",
        "docker exec db psql -U app",
        "docker-compose exec web bash",
        "docker exec -it web sh",
        "docker run --rm -it app sh",
        "kubectl exec -it deploy/web -- sh",
        "kubectl run tmp --rm -it --image=busybox",
        "heroku pg:psql",
        "heroku run rails console",
        "heroku run bash",
        "fly ssh console",
        "ssh deploy@web-1",
        "ssh -i key.pem deploy@web-1  # the bastion",
        "aws ssm start-session --target i-1",
        "gcloud sql connect main",
        "sudo su - postgres",
        "sudo -i",
        "mongosh mongodb://db",
        "sqlite3 app.db",
        "redis-cli -h cache -p 6379",
        "git rebase -i HEAD~3",
        "git commit",
        "git commit --amend",
        "git tag -a v1",
        "kubectl edit deploy web",
        "crontab -e",
        "sudo nano /etc/hosts",
        "vim .env",
        "code .",
        "rails c",
        "python manage.py createsuperuser",
        "php artisan tinker",
        "gh auth login",
        "vercel login",
        "aws configure",
        "vercel env add TOKEN production",
        "read -p 'Go on? ' answer",
        "mysql -u root -p",
        "irb> User.count",
        "> SELECT 1",
        "postgres=# \\dt",
        "\\dt",
    ],
)
def test_a_command_that_waits_for_someone_does_not_run(line):
    """A prompt, an editor, a log-in or a session elsewhere needs a person."""
    assert why_not_shell([line]) == TYPED


@pytest.mark.parametrize(
    "line",
    [
        "tail -f app.log",
        "tail -n 100 -f app.log",
        "tail -100f app.log",
        "tail -f app.log | grep ERROR",
        "heroku logs --tail",
        "heroku logs --tail | grep error | wc -l",
        "kubectl logs -f deploy/web",
        "kubectl logs deploy/web --follow",
        "docker compose logs -f --tail=100",
        "journalctl -u web -f",
        "watch -n 5 kubectl get pods",
        "kubectl get pods -w",
        "kubectl get pods --watch",
        "docker stats",
        "pm2 logs",
        "kubectl port-forward svc/web 8080:80",
        "npm run dev",
        "npm start",
        "yarn dev:api",
        "pnpm dev",
        "docker compose up",
        "docker compose up --build",
        "uvicorn app:app",
        "python -m http.server",
        "python manage.py runserver",
        "php artisan serve",
        "node server.js",
        "while true; do date; sleep 1; done",
        "ping db.internal",
        "ssh -N -L 5432:db:5432 bastion",
        "redis-cli MONITOR",
        "php artisan queue:work",
        "stern web",
    ],
)
def test_a_command_that_never_ends_does_not_run(line):
    """What follows, watches or serves in the foreground would hold the rollout up."""
    assert why_not_shell([line]) == ENDLESS


@pytest.mark.parametrize(
    "line",
    [
        "psql $DATABASE_URL -c 'select 1'",
        "psql $DATABASE_URL -f up.sql",
        "psql $DATABASE_URL < up.sql",
        "psql -lqt | cut -d '|' -f 1",
        "docker exec db psql -U app -c 'select 1'",
        "docker compose exec -T web rails db:migrate",
        "kubectl exec deploy/web -- ls",
        "heroku run rails db:migrate",
        "ssh deploy@web-1 'systemctl restart web'",
        "ssh deploy@web-1 << 'EOF'\nuptime\nEOF",
        "redis-cli ping",
        "git commit -m 'Release'",
        "git commit -am 'Release'",
        "git tag -a v1 -m v1",
        "tail -n 100 app.log",
        "tail -100 app.log",
        "timeout 60 tail -f app.log",
        "tail -f app.log | head -50",
        "kubectl logs deploy/web --tail=100",
        "docker compose logs --tail=100 web",
        "docker stats --no-stream",
        "docker compose up -d",
        "docker compose up --detach --build",
        "kubectl port-forward svc/web 8080:80 &",
        "npm run build",
        "npm run start:detached",
        "npm ci && npm test",
        "pip list | grep -i 'uvicorn\\|redis'",
        "pip install gunicorn",
        "sudo systemctl restart gunicorn",
        "pm2 restart api",
        "ping -c 4 db.internal",
        "python manage.py migrate",
        "python scripts/check.py",
        "kubectl rollout status deploy/web",
        'curl -s "$APP_URL/health" | jq .status',
        "for host in $HOSTS; do\n  curl -sf http://$host/health || echo down\ndone",
        "[ $(curl -s x | wc -l) -gt 3 ] && exit 1",
        "if [[ $n > 5 ]]; then\n  exit 1\nfi",
        "awk '$1 > 100' app.log",
        "make deploy 2>&1 | tee log",
        "deploy() {\n  make\n}\ndeploy",
        'heroku run rails runner "\n  count = User.count\n  puts count\n"',
        "cat > f.py <<'EOF'\nimport os\nx = 1\nEOF",
        "/usr/local/bin/deploy --now",
        "./deploy.sh",
        "export A=1\nmake deploy",
        "# Wait for the rollout\nkubectl rollout status deploy/web",
        "# Don't panic\nmake deploy",
        "kubectl set image deploy/web web=app:1.2.3",
    ],
)
def test_a_complete_command_runs(line):
    """What ends by itself and asks nobody is run."""
    assert why_not_shell(line.split("\n")) is None


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("/ask what is new", "a message to a bot"),
        ("from app import db", "code of another language"),
        ("count = User.count()", "code of another language"),
        ("metrics.reset()", "code of another language"),
        ("print(total)", "code of another language"),
        ("0 3 * * * /usr/bin/backup", "a line of a crontab"),
        ("errors_total rate > 100/sec", "a comparison"),
        ("SELECT count(*) FROM users;", "SQL, typed at a prompt"),
        ("GET /health", "an address"),
        ("https://status.internal", "an address"),
        ("Status: healthy", "a setting"),
        ("- Python 3.11", "a list"),
        ("1. Stop the workers", "a list"),
        ("Go to the dashboard and promote it", "a sentence"),
    ],
)
def test_a_line_that_is_no_shell_keeps_its_block_from_running(line, what):
    """People tag transcripts and plain steps as shell; none of them is run."""
    assert why_not_shell([line]) == f"It holds {what}, which is no command."


@pytest.mark.parametrize(
    "text",
    [
        "make a\n# Or\nmake b",
        "make a\n# Alternatively:\nmake b",
        "make a  # or make b",
        "# Heroku\nheroku restart\n# Render\nrender restart",
        "# On macOS:\nbrew upgrade x",
        "# Using Docker:\ndocker restart web",
        "# Staging\n./go.sh staging\n# Production\n./go.sh production",
        "# Option A\nmake a",
    ],
)
def test_alternatives_in_one_block_are_not_run_one_after_the_other(text):
    """Where one of several is meant, a person says which."""
    assert why_not_shell(text.split("\n")) == CHOICE


def test_one_environment_named_above_a_command_is_no_choice():
    """'# Production' alone says where a command is for; there is nothing to choose."""
    assert why_not_shell(["# Production", "./go.sh production"]) is None


@pytest.mark.parametrize(
    "comment",
    [
        "# DO NOT RUN",
        "# ... the same for the others",
        "# Repeat for each host",
        "# Replace the token with your own",
    ],
)
def test_a_comment_that_says_more_is_to_be_done_keeps_a_block_from_running(comment):
    """A block that leaves something to its reader is read, not run."""
    assert why_not_shell(["make deploy", comment]) is not None


def test_sql_with_an_ellipsis_is_not_run():
    """An ellipsis stands for what the author left out."""
    assert why_not_sql(["INSERT INTO t VALUES (...);"]) is not None
    assert why_not_sql(["INSERT INTO t VALUES (1);"]) is None


@pytest.mark.parametrize(
    "comment",
    [
        "# Revert the last one (if needed)",
        '# Type "DEPLOY" when prompted',
        "# Press enter to go on",
        "# your changes",
        "# add statements here",
    ],
)
def test_a_comment_may_leave_something_to_a_person(comment):
    """A case to see, an answer to type or a gap keeps a block from running."""
    assert why_not_shell(["make a", comment, "make b"]) is not None


@pytest.mark.parametrize(
    "comment",
    ["# Only if it fails twice it stops", "# Add the index", "# your host's log"],
)
def test_other_comments_leave_nothing_open(comment):
    """A comment that explains is no hindrance."""
    assert why_not_shell(["make a", comment, "make b"]) is None


@pytest.mark.parametrize(
    ("block", "runs"),
    [
        ("# Start the first node\n./node --port 7000", False),
        ("# Run server\n.\\server.exe", False),
        ("# Start the node\n./node --port 7000 &", True),
        ("# Run the service checks\n./check.sh", True),
        ("make up\n# In another terminal\ncurl localhost", False),
        ("make up\n# In another region\ncurl localhost", True),
    ],
)
def test_a_program_of_ones_own_may_stay_up(block, runs):
    """A server started in the foreground, or work in two terminals, needs a person."""
    assert runs is (why_not_shell(block.split("\n")) is None)
