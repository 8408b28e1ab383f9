#!/bin/bash
# Succeeds while a version of the model is served. The image has no curl; bash will do.
exec 3<> "/dev/tcp/127.0.0.1/${1:-8501}" || exit 1
printf 'GET /v1/models/{{ cookiecutter.project_slug }} HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
grep --quiet '"AVAILABLE"' <&3
