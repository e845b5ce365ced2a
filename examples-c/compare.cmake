# Runs PROGRAM and compares what it prints with the file EXPECTED. With BLESS
# in the environment the file is written instead.
execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE output RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${result}, after printing:\n${output}")
endif()
if(DEFINED ENV{BLESS})
  file(WRITE "${EXPECTED}" "${output}")
  return()
endif()
file(READ "${EXPECTED}" expected)
if(NOT output STREQUAL expected)
  message(FATAL_ERROR "expected (${EXPECTED}; BLESS=1 accepts):\n${expected}\nprinted:\n${output}")
endif()
