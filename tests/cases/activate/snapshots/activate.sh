# Written by ckpm: source this file, do not edit it. It starts no program.

ckpm_deactivate() {
    if [ -n "${ZSH_VERSION-}" ]; then emulate -L sh; fi
    _ckpm_top=${_CKPM_ACTIVE-}
    _ckpm_top=${_ckpm_top%% *}
    if [ -n "$_ckpm_top" ]; then
        _CKPM_ACTIVE=${_CKPM_ACTIVE#* }
        if \command -v "_ckpm_undo_$_ckpm_top" >/dev/null 2>&1; then
            "_ckpm_undo_$_ckpm_top"
            \unset -f "_ckpm_undo_$_ckpm_top"
        fi
    fi
    \unset _ckpm_top
}

# _ckpm_drop ENTRY: takes every ENTRY out of $_ckpm_list, which looks like `:a:b:`.
_ckpm_drop() {
    while :; do
        _ckpm_head=${_ckpm_list%%":$1:"*}
        if [ "x$_ckpm_head" = "x$_ckpm_list" ]; then break; fi
        _ckpm_list=${_ckpm_head}:${_ckpm_list#*":$1:"}
    done
    \unset _ckpm_head
}

# _ckpm_drop_new OLD ENTRY: the same, unless the search path OLD held ENTRY.
_ckpm_drop_new() {
    _ckpm_old=:$1:
    _ckpm_tail=${_ckpm_old#*":$2:"}
    if [ "x$_ckpm_tail" = "x$_ckpm_old" ]; then _ckpm_drop "$2"; fi
    \unset _ckpm_old _ckpm_tail
}

# _ckpm_trim: turns `:a::b:` into `a:b`.
_ckpm_trim() {
    _ckpm_drop ''
    _ckpm_list=${_ckpm_list#:}
    _ckpm_list=${_ckpm_list%:}
}

while :; do
    case " ${_CKPM_ACTIVE-} " in *" 8845788ab995 "*) ckpm_deactivate ;; *) break ;; esac
done

_ckpm_do_8845788ab995() {
    if [ -n "${ZSH_VERSION-}" ]; then emulate -L sh; fi
    _CKPM_8845788ab995_OLD_CKPM_ENV=${CKPM_ENV+x}${CKPM_ENV-}
    \export CKPM_ENV='demo'
    _CKPM_8845788ab995_OLD_CKPM_ENV_DIR=${CKPM_ENV_DIR+x}${CKPM_ENV_DIR-}
    \export CKPM_ENV_DIR='/store/envs/demo/linux-x86_64/7'
    _CKPM_8845788ab995_OLD_CKPM_TARGET=${CKPM_TARGET+x}${CKPM_TARGET-}
    \export CKPM_TARGET='linux-x86_64'
    _CKPM_8845788ab995_OLD_CKPM_STACK=${CKPM_STACK+x}${CKPM_STACK-}
    _ckpm_list=:${CKPM_STACK-}:
    _ckpm_drop '/store/envs/demo/linux-x86_64/7'
    _ckpm_trim
    _ckpm_list='/store/envs/demo/linux-x86_64/7'${_ckpm_list:+:}$_ckpm_list
    \export CKPM_STACK="$_ckpm_list"
    _CKPM_8845788ab995_NEW_CKPM_STACK=$CKPM_STACK
    \unset _ckpm_list
    _CKPM_8845788ab995_OLD_CKPM_MODEL_FILE=${CKPM_MODEL_FILE+x}${CKPM_MODEL_FILE-}
    \export CKPM_MODEL_FILE='/store/it'\''s a model.tflite'
    _CKPM_8845788ab995_OLD_PYTHONHOME=${PYTHONHOME+x}${PYTHONHOME-}
    \unset PYTHONHOME
    _CKPM_8845788ab995_OLD_PATH=${PATH+x}${PATH-}
    _ckpm_list=:${PATH-}:
    _ckpm_drop '/store/envs/demo/linux-x86_64/7/bin'
    _ckpm_drop '/store/tool/bin'
    _ckpm_trim
    _ckpm_list='/store/envs/demo/linux-x86_64/7/bin:/store/tool/bin'${_ckpm_list:+:}$_ckpm_list
    \export PATH="$_ckpm_list"
    _CKPM_8845788ab995_NEW_PATH=$PATH
    \unset _ckpm_list
    _CKPM_8845788ab995_OLD_PKG_CONFIG_PATH=${PKG_CONFIG_PATH+x}${PKG_CONFIG_PATH-}
    _ckpm_list=:${PKG_CONFIG_PATH-}:
    _ckpm_drop '/store/lib/pkgconfig'
    _ckpm_trim
    _ckpm_list=$_ckpm_list${_ckpm_list:+:}'/store/lib/pkgconfig'
    \export PKG_CONFIG_PATH="$_ckpm_list"
    _CKPM_8845788ab995_NEW_PKG_CONFIG_PATH=$PKG_CONFIG_PATH
    \unset _ckpm_list
    _CKPM_ACTIVE="8845788ab995 ${_CKPM_ACTIVE-}"
}

_ckpm_undo_8845788ab995() {
    if [ -n "${ZSH_VERSION-}" ]; then emulate -L sh; fi
    if [ "${PKG_CONFIG_PATH+x}${PKG_CONFIG_PATH-}" = "x$_CKPM_8845788ab995_NEW_PKG_CONFIG_PATH" ]; then
        if [ -n "$_CKPM_8845788ab995_OLD_PKG_CONFIG_PATH" ]; then \export PKG_CONFIG_PATH="${_CKPM_8845788ab995_OLD_PKG_CONFIG_PATH#x}"; else \unset PKG_CONFIG_PATH; fi
    elif [ -n "${PKG_CONFIG_PATH+x}" ]; then
        _ckpm_list=:${PKG_CONFIG_PATH}:
        _ckpm_drop_new "${_CKPM_8845788ab995_OLD_PKG_CONFIG_PATH#x}" '/store/lib/pkgconfig'
        _ckpm_trim
        if [ -n "$_ckpm_list$_CKPM_8845788ab995_OLD_PKG_CONFIG_PATH" ]; then PKG_CONFIG_PATH=$_ckpm_list; else \unset PKG_CONFIG_PATH; fi
    fi
    \unset _CKPM_8845788ab995_OLD_PKG_CONFIG_PATH _CKPM_8845788ab995_NEW_PKG_CONFIG_PATH
    if [ "${PATH+x}${PATH-}" = "x$_CKPM_8845788ab995_NEW_PATH" ]; then
        if [ -n "$_CKPM_8845788ab995_OLD_PATH" ]; then \export PATH="${_CKPM_8845788ab995_OLD_PATH#x}"; else \unset PATH; fi
    elif [ -n "${PATH+x}" ]; then
        _ckpm_list=:${PATH}:
        _ckpm_drop_new "${_CKPM_8845788ab995_OLD_PATH#x}" '/store/envs/demo/linux-x86_64/7/bin'
        _ckpm_drop_new "${_CKPM_8845788ab995_OLD_PATH#x}" '/store/tool/bin'
        _ckpm_trim
        if [ -n "$_ckpm_list$_CKPM_8845788ab995_OLD_PATH" ]; then PATH=$_ckpm_list; else \unset PATH; fi
    fi
    \unset _CKPM_8845788ab995_OLD_PATH _CKPM_8845788ab995_NEW_PATH
    if [ "${PYTHONHOME+x}${PYTHONHOME-}" = '' ]; then
        if [ -n "$_CKPM_8845788ab995_OLD_PYTHONHOME" ]; then \export PYTHONHOME="${_CKPM_8845788ab995_OLD_PYTHONHOME#x}"; else \unset PYTHONHOME; fi
    fi
    \unset _CKPM_8845788ab995_OLD_PYTHONHOME
    if [ "${CKPM_MODEL_FILE+x}${CKPM_MODEL_FILE-}" = x'/store/it'\''s a model.tflite' ]; then
        if [ -n "$_CKPM_8845788ab995_OLD_CKPM_MODEL_FILE" ]; then \export CKPM_MODEL_FILE="${_CKPM_8845788ab995_OLD_CKPM_MODEL_FILE#x}"; else \unset CKPM_MODEL_FILE; fi
    fi
    \unset _CKPM_8845788ab995_OLD_CKPM_MODEL_FILE
    if [ "${CKPM_STACK+x}${CKPM_STACK-}" = "x$_CKPM_8845788ab995_NEW_CKPM_STACK" ]; then
        if [ -n "$_CKPM_8845788ab995_OLD_CKPM_STACK" ]; then \export CKPM_STACK="${_CKPM_8845788ab995_OLD_CKPM_STACK#x}"; else \unset CKPM_STACK; fi
    elif [ -n "${CKPM_STACK+x}" ]; then
        _ckpm_list=:${CKPM_STACK}:
        _ckpm_drop_new "${_CKPM_8845788ab995_OLD_CKPM_STACK#x}" '/store/envs/demo/linux-x86_64/7'
        _ckpm_trim
        if [ -n "$_ckpm_list$_CKPM_8845788ab995_OLD_CKPM_STACK" ]; then CKPM_STACK=$_ckpm_list; else \unset CKPM_STACK; fi
    fi
    \unset _CKPM_8845788ab995_OLD_CKPM_STACK _CKPM_8845788ab995_NEW_CKPM_STACK
    if [ "${CKPM_TARGET+x}${CKPM_TARGET-}" = x'linux-x86_64' ]; then
        if [ -n "$_CKPM_8845788ab995_OLD_CKPM_TARGET" ]; then \export CKPM_TARGET="${_CKPM_8845788ab995_OLD_CKPM_TARGET#x}"; else \unset CKPM_TARGET; fi
    fi
    \unset _CKPM_8845788ab995_OLD_CKPM_TARGET
    if [ "${CKPM_ENV_DIR+x}${CKPM_ENV_DIR-}" = x'/store/envs/demo/linux-x86_64/7' ]; then
        if [ -n "$_CKPM_8845788ab995_OLD_CKPM_ENV_DIR" ]; then \export CKPM_ENV_DIR="${_CKPM_8845788ab995_OLD_CKPM_ENV_DIR#x}"; else \unset CKPM_ENV_DIR; fi
    fi
    \unset _CKPM_8845788ab995_OLD_CKPM_ENV_DIR
    if [ "${CKPM_ENV+x}${CKPM_ENV-}" = x'demo' ]; then
        if [ -n "$_CKPM_8845788ab995_OLD_CKPM_ENV" ]; then \export CKPM_ENV="${_CKPM_8845788ab995_OLD_CKPM_ENV#x}"; else \unset CKPM_ENV; fi
    fi
    \unset _CKPM_8845788ab995_OLD_CKPM_ENV
    \unset _ckpm_list
}

_ckpm_do_8845788ab995
\unset -f _ckpm_do_8845788ab995
