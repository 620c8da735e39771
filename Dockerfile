# PledgeWatch as one image: every process of an installation is `pledgewatch …` in it (docker-compose.yml).
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS built
WORKDIR /src
ENV PIP_CACHE_DIR=/var/cache/pip
RUN python -m venv --without-pip /opt/pledgewatch
# What it needs changes rarely: a layer of its own, by the versions the tests ran with.
COPY pyproject.toml constraints.txt ./
RUN --mount=type=cache,target=/var/cache/pip \
    python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' \
      > needs.txt && \
    pip --python /opt/pledgewatch/bin/python install --disable-pip-version-check --no-compile --constraint constraints.txt \
      --requirement needs.txt
COPY . .
# Byte code by the sources' hashes, not their times: the same sources give the same files, and nothing is compiled at run time.
RUN --mount=type=cache,target=/var/cache/pip \
    pip --python /opt/pledgewatch/bin/python install --disable-pip-version-check --no-compile --no-deps . && \
    python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/pledgewatch/lib

FROM ${PYTHON_IMAGE}
COPY --from=built /opt/pledgewatch /opt/pledgewatch
COPY --chmod=755 deploy/answers /usr/local/bin/answers
# The user has no home and writes nowhere but where a volume is mounted.
RUN mkdir --mode 700 /var/lib/pledgewatch && chown 10001:10001 /var/lib/pledgewatch
ENV PATH=/opt/pledgewatch/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1
WORKDIR /var/lib/pledgewatch
USER 10001:10001
ENTRYPOINT ["pledgewatch"]
CMD ["--help"]
