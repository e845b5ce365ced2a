# What a project of somebody else's says, once it has the targets: C and C++,
# shared and static.
add_executable(c-shared program.c)
target_link_libraries(c-shared PRIVATE witrt::witrt)
add_executable(c-static program.c)
target_link_libraries(c-static PRIVATE witrt::static)
add_executable(cpp-shared program.cc)
target_link_libraries(cpp-shared PRIVATE witrt::cpp)
add_executable(cpp-static program.cc)
target_compile_features(cpp-static PRIVATE cxx_std_17)
target_link_libraries(cpp-static PRIVATE witrt::static)
