# Written by ckpm: source this file, do not edit it. It starts no program.

function ckpm_deactivate --description 'Leave the innermost ckpm environment'
    if set -q _CKPM_ACTIVE[1]
        set -l top $_CKPM_ACTIVE[1]
        set -e _CKPM_ACTIVE[1]
        if functions -q _ckpm_undo_$top
            _ckpm_undo_$top
            functions -e _ckpm_undo_$top
        end
    end
end

# _ckpm_without TEXT ENTRY...: sets the list _ckpm_list to the search path TEXT without the entries.
function _ckpm_without
    set -l --path entries "$argv[1]"
    set -g _ckpm_list
    for entry in $entries
        if test -n "$entry"; and not contains -- "$entry" $argv[2..-1]
            set -a _ckpm_list "$entry"
        end
    end
end

# _ckpm_without_new TEXT OLD ENTRY...: the same, but keeps entries that the search path OLD holds.
function _ckpm_without_new
    set -l --path before "$argv[2]"
    set -l gone
    for entry in $argv[3..-1]
        if not contains -- "$entry" $before
            set -a gone "$entry"
        end
    end
    _ckpm_without "$argv[1]" $gone
end

while contains -- 8845788ab995 $_CKPM_ACTIVE
    ckpm_deactivate
end

function _ckpm_do_8845788ab995
    set -eg _CKPM_8845788ab995_OLD_CKPM_ENV
    if set -qg CKPM_ENV
        set -gu _CKPM_8845788ab995_OLD_CKPM_ENV $CKPM_ENV
    end
    set -gx CKPM_ENV 'demo'
    set -eg _CKPM_8845788ab995_OLD_CKPM_ENV_DIR
    if set -qg CKPM_ENV_DIR
        set -gu _CKPM_8845788ab995_OLD_CKPM_ENV_DIR $CKPM_ENV_DIR
    end
    set -gx CKPM_ENV_DIR '/store/envs/demo/linux-x86_64/7'
    set -eg _CKPM_8845788ab995_OLD_CKPM_TARGET
    if set -qg CKPM_TARGET
        set -gu _CKPM_8845788ab995_OLD_CKPM_TARGET $CKPM_TARGET
    end
    set -gx CKPM_TARGET 'linux-x86_64'
    set -eg _CKPM_8845788ab995_OLD_CKPM_STACK
    if set -qg CKPM_STACK
        set -gu _CKPM_8845788ab995_OLD_CKPM_STACK $CKPM_STACK
    end
    _ckpm_without "$CKPM_STACK" '/store/envs/demo/linux-x86_64/7'
    set -l --path value '/store/envs/demo/linux-x86_64/7' $_ckpm_list
    set -gx CKPM_STACK "$value"
    set -gu _CKPM_8845788ab995_NEW_CKPM_STACK "$CKPM_STACK"
    set -eg _ckpm_list
    set -eg _CKPM_8845788ab995_OLD_CKPM_MODEL_FILE
    if set -qg CKPM_MODEL_FILE
        set -gu _CKPM_8845788ab995_OLD_CKPM_MODEL_FILE $CKPM_MODEL_FILE
    end
    set -gx CKPM_MODEL_FILE '/store/it\'s a model.tflite'
    set -eg _CKPM_8845788ab995_OLD_PYTHONHOME
    if set -qg PYTHONHOME
        set -gu _CKPM_8845788ab995_OLD_PYTHONHOME $PYTHONHOME
    end
    set -eg PYTHONHOME
    set -eg _CKPM_8845788ab995_OLD_PATH
    if set -qg PATH
        set -gu _CKPM_8845788ab995_OLD_PATH $PATH
    end
    _ckpm_without "$PATH" '/store/envs/demo/linux-x86_64/7/bin' '/store/tool/bin'
    set -l --path value '/store/envs/demo/linux-x86_64/7/bin' '/store/tool/bin' $_ckpm_list
    set -gx PATH "$value"
    set -gu _CKPM_8845788ab995_NEW_PATH "$PATH"
    set -eg _ckpm_list
    set -eg _CKPM_8845788ab995_OLD_PKG_CONFIG_PATH
    if set -qg PKG_CONFIG_PATH
        set -gu _CKPM_8845788ab995_OLD_PKG_CONFIG_PATH $PKG_CONFIG_PATH
    end
    _ckpm_without "$PKG_CONFIG_PATH" '/store/lib/pkgconfig'
    set -l --path value $_ckpm_list '/store/lib/pkgconfig'
    set -gx PKG_CONFIG_PATH "$value"
    set -gu _CKPM_8845788ab995_NEW_PKG_CONFIG_PATH "$PKG_CONFIG_PATH"
    set -eg _ckpm_list
    set -gu _CKPM_ACTIVE 8845788ab995 $_CKPM_ACTIVE
end

function _ckpm_undo_8845788ab995
    if set -qg PKG_CONFIG_PATH; and test "x$PKG_CONFIG_PATH" = "x$_CKPM_8845788ab995_NEW_PKG_CONFIG_PATH"
        if set -qg _CKPM_8845788ab995_OLD_PKG_CONFIG_PATH
            set -gx PKG_CONFIG_PATH $_CKPM_8845788ab995_OLD_PKG_CONFIG_PATH
        else
            set -eg PKG_CONFIG_PATH
        end
    else if set -qg PKG_CONFIG_PATH
        _ckpm_without_new "$PKG_CONFIG_PATH" "$_CKPM_8845788ab995_OLD_PKG_CONFIG_PATH" '/store/lib/pkgconfig'
        if set -q _ckpm_list[1]; or set -qg _CKPM_8845788ab995_OLD_PKG_CONFIG_PATH
            set -l --path value $_ckpm_list
            set -gx PKG_CONFIG_PATH "$value"
        else
            set -eg PKG_CONFIG_PATH
        end
        set -eg _ckpm_list
    end
    set -eg _CKPM_8845788ab995_OLD_PKG_CONFIG_PATH
    set -eg _CKPM_8845788ab995_NEW_PKG_CONFIG_PATH
    if set -qg PATH; and test "x$PATH" = "x$_CKPM_8845788ab995_NEW_PATH"
        if set -qg _CKPM_8845788ab995_OLD_PATH
            set -gx PATH $_CKPM_8845788ab995_OLD_PATH
        else
            set -eg PATH
        end
    else if set -qg PATH
        _ckpm_without_new "$PATH" "$_CKPM_8845788ab995_OLD_PATH" '/store/envs/demo/linux-x86_64/7/bin' '/store/tool/bin'
        if set -q _ckpm_list[1]; or set -qg _CKPM_8845788ab995_OLD_PATH
            set -l --path value $_ckpm_list
            set -gx PATH "$value"
        else
            set -eg PATH
        end
        set -eg _ckpm_list
    end
    set -eg _CKPM_8845788ab995_OLD_PATH
    set -eg _CKPM_8845788ab995_NEW_PATH
    if not set -qg PYTHONHOME
        if set -qg _CKPM_8845788ab995_OLD_PYTHONHOME
            set -gx PYTHONHOME $_CKPM_8845788ab995_OLD_PYTHONHOME
        else
            set -eg PYTHONHOME
        end
    end
    set -eg _CKPM_8845788ab995_OLD_PYTHONHOME
    if set -qg CKPM_MODEL_FILE; and test "x$CKPM_MODEL_FILE" = x'/store/it\'s a model.tflite'
        if set -qg _CKPM_8845788ab995_OLD_CKPM_MODEL_FILE
            set -gx CKPM_MODEL_FILE $_CKPM_8845788ab995_OLD_CKPM_MODEL_FILE
        else
            set -eg CKPM_MODEL_FILE
        end
    end
    set -eg _CKPM_8845788ab995_OLD_CKPM_MODEL_FILE
    if set -qg CKPM_STACK; and test "x$CKPM_STACK" = "x$_CKPM_8845788ab995_NEW_CKPM_STACK"
        if set -qg _CKPM_8845788ab995_OLD_CKPM_STACK
            set -gx CKPM_STACK $_CKPM_8845788ab995_OLD_CKPM_STACK
        else
            set -eg CKPM_STACK
        end
    else if set -qg CKPM_STACK
        _ckpm_without_new "$CKPM_STACK" "$_CKPM_8845788ab995_OLD_CKPM_STACK" '/store/envs/demo/linux-x86_64/7'
        if set -q _ckpm_list[1]; or set -qg _CKPM_8845788ab995_OLD_CKPM_STACK
            set -l --path value $_ckpm_list
            set -gx CKPM_STACK "$value"
        else
            set -eg CKPM_STACK
        end
        set -eg _ckpm_list
    end
    set -eg _CKPM_8845788ab995_OLD_CKPM_STACK
    set -eg _CKPM_8845788ab995_NEW_CKPM_STACK
    if set -qg CKPM_TARGET; and test "x$CKPM_TARGET" = x'linux-x86_64'
        if set -qg _CKPM_8845788ab995_OLD_CKPM_TARGET
            set -gx CKPM_TARGET $_CKPM_8845788ab995_OLD_CKPM_TARGET
        else
            set -eg CKPM_TARGET
        end
    end
    set -eg _CKPM_8845788ab995_OLD_CKPM_TARGET
    if set -qg CKPM_ENV_DIR; and test "x$CKPM_ENV_DIR" = x'/store/envs/demo/linux-x86_64/7'
        if set -qg _CKPM_8845788ab995_OLD_CKPM_ENV_DIR
            set -gx CKPM_ENV_DIR $_CKPM_8845788ab995_OLD_CKPM_ENV_DIR
        else
            set -eg CKPM_ENV_DIR
        end
    end
    set -eg _CKPM_8845788ab995_OLD_CKPM_ENV_DIR
    if set -qg CKPM_ENV; and test "x$CKPM_ENV" = x'demo'
        if set -qg _CKPM_8845788ab995_OLD_CKPM_ENV
            set -gx CKPM_ENV $_CKPM_8845788ab995_OLD_CKPM_ENV
        else
            set -eg CKPM_ENV
        end
    end
    set -eg _CKPM_8845788ab995_OLD_CKPM_ENV
end

_ckpm_do_8845788ab995
functions -e _ckpm_do_8845788ab995
