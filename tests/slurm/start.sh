#!/usr/bin/env bash
# Installs Slurm (Debian, Ubuntu) and starts what of it is not running: one node, two stand-in GPUs.
#
#   start.sh FOLDER [none|slurmdbd]     as root; the second is the accounting, none unless given
#
# All lies in FOLDER except munge's socket and the link /etc/slurm/slurm.conf, without which the
# nested srun of Snakemake's jobs would find no configuration.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
accounting=${2:-none}
conf=$folder/slurm.conf
export PATH=$PATH:/usr/sbin SLURM_CONF=$conf MYSQL_UNIX_PORT=$folder/database.sock

give_up() { echo "$1" >&2; exit 1; }

installed() {
    local tool
    for tool in "$@"; do command -v "$tool" >/dev/null || return 1; done
}

install_packages() {
    installed munged slurmctld slurmd slurmdbd mariadbd && return
    installed apt-get || give_up "Slurm is not installed, and there is no apt-get"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        slurm-wlm slurm-client munge slurmdbd mariadb-server >/dev/null
}

# await SECONDS COMMAND...: until the command succeeds
await() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || give_up "waited in vain for: $*"
        sleep 0.2
    done
}

running() { [ -s "$folder/run/$1.pid" ] && kill -0 "$(<"$folder/run/$1.pid")" 2>/dev/null; }

# start NAME COMMAND...: unless it is running
start() {
    local name=$1
    shift
    running "$name" || "$@"
}

write_configuration() {
    local host memory gpu
    host=$(hostname -s)
    memory=$(($(awk '/^MemTotal/ {print $2}' /proc/meminfo) * 9 / 10240))
    sed -e "s|@FOLDER@|$folder|" -e "s|@HOST@|$host|" \
        -e "s|@MEMORY@|$memory|" -e "s|@ACCOUNTING@|$accounting|" "$here/slurm.conf.in" >"$conf"
    # without accounts nobody counts GPUs, and slurmctld refuses to try
    [ "$accounting" != none ] || sed -i /^AccountingStorageTRES/d "$conf"
    : >"$folder/gres.conf"
    for gpu in 0 1; do
        # slurmd wants a device; a second /dev/null is one
        [ -c "$folder/gpu$gpu" ] || mknod "$folder/gpu$gpu" c 1 3
        echo "Name=gpu File=$folder/gpu$gpu" >>"$folder/gres.conf"
    done
    ln -sfn "$conf" /etc/slurm/slurm.conf
}

start_munge() {
    local own=$folder/munge
    munge -n </dev/null 2>/dev/null | unmunge >/dev/null 2>&1 && return
    install -d -o munge -g munge -m 755 /run/munge
    install -d -o munge -g munge -m 700 "$own"
    setpriv --reuid=munge --regid=munge --init-groups munged --force \
        --pid-file="$own/munged.pid" --seed-file="$own/seed" --log-file="$own/log"
    await 10 test -s "$own/munged.pid"
    cp "$own/munged.pid" "$folder/run/munged.pid"
}

start_database() {
    local own=$folder/database
    if [ ! -d "$own" ]; then
        install -d -o mysql -g mysql -m 750 "$own"
        mariadb-install-db --no-defaults --user=mysql --datadir="$own" --skip-test-db >/dev/null 2>&1
    fi
    setpriv --reuid=mysql --regid=mysql --init-groups setsid mariadbd --no-defaults \
        --datadir="$own" --socket="$own/socket" --pid-file="$own/pid" --skip-networking \
        --innodb-buffer-pool-size=64M </dev/null >"$folder/log/database.log" 2>&1 &
    await 30 mariadb --no-defaults -S "$own/socket" -e "select 1"
    cp "$own/pid" "$folder/run/database.pid"
    ln -sfn "$own/socket" "$MYSQL_UNIX_PORT"
}

start_accounting() {
    start database start_database
    (umask 077 && cat >"$folder/slurmdbd.conf" <<CONF
AuthType=auth/munge
DbdHost=localhost
SlurmUser=root
LogFile=$folder/log/slurmdbd.log
PidFile=$folder/run/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=root
CONF
    )
    start slurmdbd slurmdbd
    await 30 sacctmgr -n list cluster
    [ -n "$(sacctmgr -n list cluster)" ] || sacctmgr -i -Q add cluster evenfuse
}

node_is_up() { sinfo -h -N -o %T | grep -qE '^(idle|mixed|allocated)$'; }

[ "$(id -u)" = 0 ] || give_up "Slurm can be started by root only"
install_packages
if [ -e /etc/slurm/slurm.conf ] && [ "$(readlink /etc/slurm/slurm.conf)" != "$conf" ]; then
    give_up "/etc/slurm/slurm.conf belongs to another Slurm"
fi
mkdir -p "$folder"/{run,log,state,spool} /etc/slurm
chmod 755 "$folder"
write_configuration
start_munge
[ "$accounting" = none ] || start_accounting
start slurmctld slurmctld
await 30 sinfo -h
start slurmd slurmd -N node
await 30 node_is_up
