@rem Written by ckpm: call this file, do not edit it. It starts no program.
@if "%~1"=="--undo" goto undo
:unwind
@if not defined _CKPM_0965edba8c98_ACTIVE goto do
@if not defined CKPM_ENV_DIR goto do
@call "%CKPM_ENV_DIR%\activate.bat" --undo
@if not errorlevel 1 goto unwind
:do
@set "_CKPM_0965edba8c98_ACTIVE=1"
@set "_CKPM_0965edba8c98_OLD_CKPM_ENV=%CKPM_ENV%"
@set "CKPM_ENV=demo"
@set "_CKPM_0965edba8c98_OLD_CKPM_ENV_DIR=%CKPM_ENV_DIR%"
@set "CKPM_ENV_DIR=C:\ckpm\envs\demo\windows-x86_64\7"
@set "_CKPM_0965edba8c98_OLD_CKPM_TARGET=%CKPM_TARGET%"
@set "CKPM_TARGET=windows-x86_64"
@set "_CKPM_0965edba8c98_OLD_CKPM_STACK=%CKPM_STACK%"
@set "_CKPM_LIST=;%CKPM_STACK%;"
@set "_CKPM_LIST=%_CKPM_LIST:;C:\ckpm\envs\demo\windows-x86_64\7;=;%"
@set "_CKPM_LIST=%_CKPM_LIST:;;=;%"
@set "_CKPM_LIST=%_CKPM_LIST:;;=;%"
@set "_CKPM_LIST=%_CKPM_LIST:~1,-1%"
@if defined _CKPM_LIST set "_CKPM_LIST=;%_CKPM_LIST%"
@set "_CKPM_LIST=C:\ckpm\envs\demo\windows-x86_64\7%_CKPM_LIST%"
@set "CKPM_STACK=%_CKPM_LIST%"
@set "_CKPM_0965edba8c98_NEW_CKPM_STACK=%_CKPM_LIST%"
@set "_CKPM_LIST="
@set "_CKPM_0965edba8c98_OLD_TOOL=%TOOL%"
@set "TOOL=ours & more"
@set "_CKPM_0965edba8c98_OLD_PATH=%PATH%"
@set "_CKPM_LIST=;%PATH%;"
@set "_CKPM_LIST=%_CKPM_LIST:;C:\ckpm\b in;=;%"
@set "_CKPM_LIST=%_CKPM_LIST:;;=;%"
@set "_CKPM_LIST=%_CKPM_LIST:;;=;%"
@set "_CKPM_LIST=%_CKPM_LIST:~1,-1%"
@if defined _CKPM_LIST set "_CKPM_LIST=;%_CKPM_LIST%"
@set "_CKPM_LIST=C:\ckpm\b in%_CKPM_LIST%"
@set "PATH=%_CKPM_LIST%"
@set "_CKPM_0965edba8c98_NEW_PATH=%_CKPM_LIST%"
@set "_CKPM_LIST="
@exit /b 0
:undo
@if not defined _CKPM_0965edba8c98_ACTIVE exit /b 1
@set "_CKPM_0965edba8c98_ACTIVE="
@if "%PATH%"=="%_CKPM_0965edba8c98_NEW_PATH%" goto restore_PATH
@set "_CKPM_SEEN=;%_CKPM_0965edba8c98_OLD_PATH%;"
@set "_CKPM_LIST=;%PATH%;"
@if "%_CKPM_SEEN:;C:\ckpm\b in;=;%"=="%_CKPM_SEEN%" set "_CKPM_LIST=%_CKPM_LIST:;C:\ckpm\b in;=;%"
@set "PATH=%_CKPM_LIST:~1,-1%"
@goto done_PATH
:restore_PATH
@set "PATH=%_CKPM_0965edba8c98_OLD_PATH%"
:done_PATH
@set "_CKPM_0965edba8c98_OLD_PATH="
@set "_CKPM_0965edba8c98_NEW_PATH="
@set "_CKPM_LIST="
@set "_CKPM_SEEN="
@if "%TOOL%"=="ours & more" set "TOOL=%_CKPM_0965edba8c98_OLD_TOOL%"
@set "_CKPM_0965edba8c98_OLD_TOOL="
@if "%CKPM_STACK%"=="%_CKPM_0965edba8c98_NEW_CKPM_STACK%" goto restore_CKPM_STACK
@set "_CKPM_SEEN=;%_CKPM_0965edba8c98_OLD_CKPM_STACK%;"
@set "_CKPM_LIST=;%CKPM_STACK%;"
@if "%_CKPM_SEEN:;C:\ckpm\envs\demo\windows-x86_64\7;=;%"=="%_CKPM_SEEN%" set "_CKPM_LIST=%_CKPM_LIST:;C:\ckpm\envs\demo\windows-x86_64\7;=;%"
@set "CKPM_STACK=%_CKPM_LIST:~1,-1%"
@goto done_CKPM_STACK
:restore_CKPM_STACK
@set "CKPM_STACK=%_CKPM_0965edba8c98_OLD_CKPM_STACK%"
:done_CKPM_STACK
@set "_CKPM_0965edba8c98_OLD_CKPM_STACK="
@set "_CKPM_0965edba8c98_NEW_CKPM_STACK="
@set "_CKPM_LIST="
@set "_CKPM_SEEN="
@if "%CKPM_TARGET%"=="windows-x86_64" set "CKPM_TARGET=%_CKPM_0965edba8c98_OLD_CKPM_TARGET%"
@set "_CKPM_0965edba8c98_OLD_CKPM_TARGET="
@if "%CKPM_ENV_DIR%"=="C:\ckpm\envs\demo\windows-x86_64\7" set "CKPM_ENV_DIR=%_CKPM_0965edba8c98_OLD_CKPM_ENV_DIR%"
@set "_CKPM_0965edba8c98_OLD_CKPM_ENV_DIR="
@if "%CKPM_ENV%"=="demo" set "CKPM_ENV=%_CKPM_0965edba8c98_OLD_CKPM_ENV%"
@set "_CKPM_0965edba8c98_OLD_CKPM_ENV="
@exit /b 0
