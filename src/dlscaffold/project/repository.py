"""Start a Git repository in a project: a branch `main` with one commit."""

import os
import shlex
import subprocess
from pathlib import Path

from dlscaffold.errors import ScaffoldError

MESSAGE = "Add the generated project"
# Git guesses a name and an address from the machine's, unless this forbids it.
NO_GUESS = ("-c", "user.useConfigOnly=true")
IDENTITY = [
    'git config --global user.name "Your Name"',
    "git config --global user.email you@example.com",
]


class GitError(Exception):
    """Git is not there, or failed; the text is the reason."""


def start(project: Path) -> None:
    """Commit all files of the project to the branch `main` of a new repository.

    Raises ScaffoldError where there is no Git, where it fails, or where it does not
    know who commits; then all files are staged.
    """
    env = dict(os.environ)
    try:
        # Inside a hook of Git's, variables name the repository that the hook is for.
        for name in _git(project, env, "rev-parse", "--local-env-vars").split():
            env.pop(name, None)
        _git(project, env, "init", "--quiet")
        # Older versions of Git have no option for the name of the first branch.
        _git(project, env, "symbolic-ref", "HEAD", "refs/heads/main")
        # What the person's own settings ignore belongs to the project all the same.
        _git(project, env, "add", "--all", "--force")
    except GitError as error:
        raise ScaffoldError(
            f"{project} is generated, but is no repository ({error}); correct that and "
            "run `git init` in it."
        ) from error
    reason, commands = "Git does not know your name and email", IDENTITY
    if _knows_who_commits(project, env):
        try:
            _git(project, env, "commit", "--quiet", "--message", MESSAGE)
            return
        except GitError as error:
            reason, commands = str(error), []
    commit = shlex.join(["git", "-C", str(project), "commit", "--message", MESSAGE])
    raise ScaffoldError(
        f"{project} is a repository with all files staged, but without a commit "
        f"({reason}); run: {' && '.join([*commands, commit])}"
    )


def _git(project: Path, env: dict[str, str], *words: str) -> str:
    command = ["git", "-C", str(project), *words]
    try:
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, check=True
        )
    except FileNotFoundError as error:
        raise GitError("there is no git: install git") from error
    except subprocess.CalledProcessError as error:
        line = str(error.stderr).strip().partition("\n")[0]
        raise GitError(line or "git failed") from error
    return done.stdout


def _knows_who_commits(project: Path, env: dict[str, str]) -> bool:
    try:
        for role in ("AUTHOR", "COMMITTER"):
            _git(project, env, *NO_GUESS, "var", f"GIT_{role}_IDENT")
    except GitError:
        return False
    return True
