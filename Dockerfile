# Runs the whole suite in a container, servers and all, with no Docker inside:
#
#   docker build --tag cairn-tests .
#   docker run --rm cairn-tests             ./test.sh
#   docker run --rm cairn-tests --core      ./test.sh --core
#
# SDK is any Debian or Ubuntu image with the .NET SDK of global.json. The servers run as processes of the container.
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0-noble
FROM ${SDK}

# Where the strict S3 server comes from, for a base that is Ubuntu's: --build-arg DEBIAN_MIRROR=URL names a mirror of Debian's. Without it, and
# where apt uses none either, the tests that need that server fail.
ARG DEBIAN_MIRROR=
ENV CAIRN_DEBIAN_MIRROR=${DEBIAN_MIRROR}

# First what changes least: the servers, and the packages that the solution needs.
WORKDIR /cairn
COPY eng/ eng/
RUN sh eng/install-emulators.sh && rm -rf /var/lib/apt/lists/* /root/.npm

COPY . .
RUN dotnet restore Providers.sln

# A missing server is a failure here, as in continuous integration.
ENV CAIRN_TESTS_REQUIRE_EMULATORS=1 CAIRN_TEST_SERVERS=native
ENTRYPOINT ["./test.sh"]
