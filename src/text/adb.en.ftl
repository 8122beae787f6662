# adb
