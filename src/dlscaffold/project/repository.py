"""Start a Git repository in a project: a branch `main` with one commit."""

import os
import shlex
import subprocess
from pathlib import Path

from dlscaffold.errors import ScaffoldError

MESSAGE = "Add the generated project"
# Git guesses a name and an address from the machine's, unless this forbids it.
NO_GUESS = ("-c", "user.useConfigOnly=true")


def start(project: Path) -> None:
    """Commit all files of the project to the branch `main` of a new repository.

    Raises ScaffoldError where there is no Git, where it fails, or where it does not
    know who commits; then all files are staged.
    """
    try:
        env = _environment(project)
        _git(project, env, "init", "--quiet")
        # Older versions of Git have no option for the name of the first branch.
        _git(project, env, "symbolic-ref", "HEAD", "refs/heads/main")
        # What the person's own settings ignore belongs to the project all the same.
        _git(project, env, "add", "--all", "--force")
    except FileNotFoundError as error:
        raise _not_started(project, "there is no git", "install git") from error
    except subprocess.CalledProcessError as error:
        raise _not_started(project, _reason(error), "correct that") from error
    if not _knows_who_commits(project, env):
        raise _not_committed(project, "Git does not know your name and email", IDENTITY)
    try:
        _git(project, env, "commit", "--quiet", "--message", MESSAGE)
    except subprocess.CalledProcessError as error:
        raise _not_committed(project, _reason(error), ()) from error


IDENTITY = (
    ("git", "config", "--global", "user.name", "Your Name"),
    ("git", "config", "--global", "user.email", "you@example.com"),
)


def _environment(project: Path) -> dict[str, str]:
    """Return the environment without what points at another repository.

    Inside a hook of Git's, variables name the repository that the hook is for.
    """
    other = _git(project, None, "rev-parse", "--local-env-vars").split()
    return {name: value for name, value in os.environ.items() if name not in other}


def _git(project: Path, env: dict[str, str] | None, *words: str) -> str:
    command = ["git", "-C", str(project), *words]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    return done.stdout


def _knows_who_commits(project: Path, env: dict[str, str]) -> bool:
    try:
        for role in ("AUTHOR", "COMMITTER"):
            _git(project, env, *NO_GUESS, "var", f"GIT_{role}_IDENT")
    except subprocess.CalledProcessError:
        return False
    return True


def _reason(error: subprocess.CalledProcessError) -> str:
    return str(error.stderr).strip().partition("\n")[0] or "git failed"


def _not_started(project: Path, reason: str, fix: str) -> ScaffoldError:
    return ScaffoldError(
        f"{project} is generated, but is no repository ({reason}); {fix} and run "
        "`git init` in it."
    )


def _not_committed(
    project: Path, reason: str, before: tuple[tuple[str, ...], ...]
) -> ScaffoldError:
    commit = ("git", "-C", str(project), "commit", "--message", MESSAGE)
    commands = " && ".join(shlex.join(words) for words in (*before, commit))
    return ScaffoldError(
        f"{project} is a repository with all files staged, but without a commit "
        f"({reason}); run: {commands}"
    )
